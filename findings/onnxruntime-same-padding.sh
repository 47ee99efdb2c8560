#!/usr/bin/env bash
# onnxruntime refuses, or moves by a pixel, a pooling with 'same' padding whose windows are smaller than its strides.
#
# Guessed: auto_pad SAME_UPPER, what a Keras or TensorFlow model with padding 'same' is exported with, pads where there is something to pad:
# windows of 2 × 2 at every fourth pixel of 28 begin at 0, 4, 8 …, as onnxruntime's own convolution and Keras have it.
# Seen with onnxruntime 1.30.0: the missing padding is counted as minus two, and minus one at the beginning. MaxPool fails when it runs, with a
# message on negative padding. AveragePool fails likewise up to opset 18; from 19 on it gives the means of windows that begin at 1, 5, 9 … without an
# error. So does LpPool. Max pooling of 1 × 1 with strides of 2, a residual network's shortcut, fails on images with an even width.
# cspell:ignore asarray
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet onnx==1.23.1 onnxruntime==1.30.0 keras==3.15.1 jax==0.10.2
cat > look.py <<'PYTHON'
import keras
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

onnxruntime.set_default_logger_severity(4)
image = np.arange(28 * 28, dtype=np.float32).reshape(1, 1, 28, 28)


def first(operator, window, stride, opset):
    """The first two of the first row of windows, or why there are none."""
    names = ['x', 'w'] if operator == 'Conv' else ['x']
    weights = [numpy_helper.from_array(np.full((1, 1, window, window), 1 / window**2, np.float32), 'w')]
    node = helper.make_node(operator, names, ['y'], kernel_shape=[window] * 2, strides=[stride] * 2, auto_pad='SAME_UPPER')
    given = helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 1, 28, 28])
    result = helper.make_tensor_value_info('y', TensorProto.FLOAT, None)
    graph = helper.make_graph([node], 'windows', [given], [result], weights if operator == 'Conv' else [])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
    try:
        return session.run(None, {'x': image})[0][0, 0, 0, :2].tolist()
    except Exception as error:
        assert 'non-negative' in str(error)
        return 'refused'


layer = keras.layers.AveragePooling2D(2, 4, padding='same')
means = np.asarray(layer(np.moveaxis(image, 1, 3)))[0, 0, :2, 0].tolist()
convolved = first('Conv', 2, 4, 18)
averages = {opset: first('AveragePool', 2, 4, opset) for opset in [18, 19]}
maxima = {opset: first('MaxPool', 2, 4, opset) for opset in [18, 19]}
shortcut = first('MaxPool', 1, 2, 19)
print(f'means: Keras {means}, Conv {convolved}, AveragePool {averages}; MaxPool {maxima}, of 1 × 1 {shortcut}')
assert means == convolved == [14.5, 18.5]
assert averages == {18: 'refused', 19: [43.5, 47.5]}
assert maxima == {18: 'refused', 19: 'refused'}
assert shortcut == 'refused'
print('as stated above')
PYTHON
KERAS_BACKEND=jax python/bin/python look.py
