#!/usr/bin/env bash
# Bicubic resizing in Keras gives other pixels with the torch backend than with the others.
#
# Guessed: a layer computes the same with every backend, but for the last bits: backends are a choice of speed.
# Seen with Keras 3.15.1: Resizing and UpSampling2D with interpolation='bicubic' take the cubic of Keys with a = -0.75 under torch
# (2.13.0) and with a = -0.5 under jax (0.10.2) and NumPy. One white pixel doubled in width gives a row of weights, 0.867, 0.227,
# -0.070, -0.023, or 0.879, 0.262, -0.105, -0.035. A drawn 1 of 28 x 28 made 20 x 20 reaches down to -12 of 255, or to -19: a
# preprocessing layer in a model makes it another model. Of 82 outputs of layers, activations and losses tried, the others agree, nearest
# and bilinear resizing among them; only ties in top_k come in another order.
# cspell:ignore asarray allclose atol
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet keras==3.15.1 torch==2.13.0 jax==0.10.2 numpy==2.4.6
cat > resize.py <<'PYTHON'
import numpy as np
from keras import config, layers, ops


def cubic(a, t):
    """The cubic of Keys at the distance t."""
    return (a + 2) * t**3 - (a + 3) * t**2 + 1 if t <= 1 else a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a


def numbers(layer, image):
    return np.asarray(ops.convert_to_numpy(layer(image[None, :, :, None])))[0, :, :, 0]


backend = config.backend()
a = {'torch': -0.75}.get(backend, -0.5)
pixel = np.zeros((1, 9), 'float32')
pixel[0, 4] = 1
weights = [cubic(a, t) for t in (1.75, 1.25, 0.75, 0.25)]
for layer in (layers.UpSampling2D((1, 2), interpolation='bicubic'), layers.Resizing(1, 18, interpolation='bicubic')):
    row = numbers(layer, pixel)[0]
    assert np.allclose(row[5:9], weights, atol=1e-5), f'{backend} takes another cubic now: {row[5:9]}'
one = np.zeros((28, 28), 'float32')
one[6:22, 12:16] = 255
small = numbers(layers.Resizing(20, 20, interpolation='bicubic'), one)
assert round(float(small.min())) == {'torch': -19}.get(backend, -12), small.min()
bilinear = numbers(layers.Resizing(20, 20, interpolation='bilinear'), one)
print(f'{backend}: a = {a}, from {small.min():.1f} to {small.max():.1f}; bilinear sums to {bilinear.sum():.0f}')
PYTHON
for backend in numpy jax torch; do KERAS_BACKEND=$backend python/bin/python resize.py; done
echo 'as stated above'
