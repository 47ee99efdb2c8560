#!/usr/bin/env bash
# Keras 3 reads the shape of the input that a Keras 2 file states, batch included, as if it had no batch.
#
# Guessed: a whole model that Keras 2.2 or 2.3 saved as HDF5, the format that Keras 3 keeps for such files, loads with the
# input that it had: [batch, 28, 28, 1] or [batch, 784]. Those files have no InputLayer; the first layer has a batch_input_shape.
# Seen with Keras 3.15.1: the input becomes [batch, batch, 28, 28, 1], so that a convolution is refused for one axis too many.
# A dense layer loads, and the model then says that its input is (None, None, 784). Three of ten MNIST models in public
# repositories are such files; Longhand reads them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet keras==3.15.1 jax==0.10.2 h5py==3.16.0
cat > load.py <<'PYTHON'
import json

import h5py
import keras
import numpy as np


def saved(name, layer, kernel):
    """A model of one layer, as Keras 2.3.1 saves it."""
    with h5py.File(name, 'w') as file:
        file.attrs['keras_version'] = b'2.3.1'
        file.attrs['backend'] = b'tensorflow'
        model = {'class_name': 'Sequential', 'config': {'name': 'sequential_1', 'layers': [layer]}}
        file.attrs['model_config'] = json.dumps(model).encode()
        own = layer['config']['name']
        weights = file.create_group('model_weights')
        weights.attrs['layer_names'] = np.array([own.encode()])
        weights.attrs['keras_version'] = b'2.3.1'
        weights.attrs['backend'] = b'tensorflow'
        names = [f'{own}/kernel:0', f'{own}/bias:0']
        group = weights.create_group(own)
        group.attrs['weight_names'] = np.array([each.encode() for each in names])
        group[names[0]] = np.ones(kernel, 'float32')
        group[names[1]] = np.zeros(kernel[-1], 'float32')


convolution = {
    'name': 'conv2d_1', 'trainable': True, 'batch_input_shape': [None, 28, 28, 1], 'dtype': 'float32', 'filters': 2,
    'kernel_size': [3, 3], 'strides': [1, 1], 'padding': 'valid', 'data_format': 'channels_last',
    'dilation_rate': [1, 1], 'activation': 'relu', 'use_bias': True,
}
dense = {
    'name': 'dense_1', 'trainable': True, 'batch_input_shape': [None, 784], 'dtype': 'float32', 'units': 10,
    'activation': 'linear', 'use_bias': True,
}
saved('conv.h5', {'class_name': 'Conv2D', 'config': convolution}, (3, 3, 1, 2))
saved('dense.h5', {'class_name': 'Dense', 'config': dense}, (784, 10))
try:
    keras.models.load_model('conv.h5', compile=False)
    raise SystemExit('the convolution loads: the behavior has changed')
except ValueError as error:
    print(str(error).splitlines()[0])
    assert 'input of shape (None, None, 28, 28, 1)' in str(error)
shape = keras.models.load_model('dense.h5', compile=False).input_shape
print('the input of the dense model', shape)
assert shape == (None, None, 784)
print('as stated above')
PYTHON
KERAS_BACKEND=jax python/bin/python load.py 2>&1 | grep -v -i -e warn -e 'super().__init__'
