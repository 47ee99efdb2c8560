#!/usr/bin/env bash
# Keras's top-k accuracy says 100 % for a network that gives every class the same score, and on JAX for one that gives NaN.
#
# Guessed: TopKCategoricalAccuracy with k = 1 is the accuracy, and a network that tells nothing apart is right about once in ten; NaN is right never,
# or as often as class 0 is. And all backends say the same.
# Seen with Keras 3.15.1: every class that ties with the k-th is counted, so equal scores give 1.0 (ten classes, any k), where the
# accuracy is 0.1. With NaN in all scores it is 1.0 under jax (0.10.2) and 0.0 under NumPy. A network that died (all ReLUs at zero) or diverged
# therefore has a perfect top-5 accuracy in the log.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet keras==3.15.1 jax==0.10.2
cat > look.py <<'PYTHON'
import keras
import numpy as np

labels = np.arange(10)


def measured(metric, scores):
    metric.update_state(labels, np.full((10, 10), scores, 'float32'))
    return round(float(metric.result()), 4)


top, accuracy = keras.metrics.SparseTopKCategoricalAccuracy, keras.metrics.SparseCategoricalAccuracy
backend = keras.backend.backend()
print(backend, 'equal scores:', measured(top(k=1), 0), measured(accuracy(), 0), '- NaN:', measured(top(k=5), np.nan))
assert measured(top(k=1), 0) == 1, 'ties are counted otherwise now'
assert measured(accuracy(), 0) == 0.1
assert measured(top(k=5), np.nan) == (1 if backend == 'jax' else 0)
PYTHON
for backend in jax numpy; do KERAS_BACKEND=$backend python/bin/python look.py; done
echo 'as stated above'
