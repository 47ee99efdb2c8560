#!/usr/bin/env bash
# Keras 3 files its weights under the kind of a layer and a number, not under the layer's name.
#
# Guessed: in a .keras file the weights of a layer that is called "head" are found under "head", as they were in the HDF5
# files of Keras 2, so that a program which knows the names finds them, and a layer that is added leaves the others' in place.
# Seen with Keras 3.15.1: they lie under "dense", "dense_1", "dense_2" in the order of the model, whatever the layers are
# called. With one more dense layer in front, the weights of "head" lie where those of another layer lay before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet keras==3.15.1 jax==0.10.2 h5py==3.16.0
cat > look.py <<'PYTHON'
import io
import zipfile

import h5py
import keras
import numpy as np


def places(name, layers):
    """Where the kernels of a model lie in its file, by the sizes of their outputs."""
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.save(name)
    found = {}
    with h5py.File(io.BytesIO(zipfile.ZipFile(name).read("model.weights.h5"))) as file:
        file.visititems(lambda path, item: found.update({item.shape[1]: path}) if np.ndim(item) == 2 else None)
    return found


head = lambda: keras.layers.Dense(2, name="head")
short = places("short.keras", [keras.layers.Dense(3, name="body"), head()])
long = places("long.keras", [keras.layers.Dense(5, name="neck"), keras.layers.Dense(3, name="body"), head()])
print(short, long)
assert short == {3: "layers/dense/vars/0", 2: "layers/dense_1/vars/0"}
assert long == {5: "layers/dense/vars/0", 3: "layers/dense_1/vars/0", 2: "layers/dense_2/vars/0"}
print("as stated above")
PYTHON
KERAS_BACKEND=jax python/bin/python look.py
