#!/usr/bin/env bash
# An ONNX model whose pooling rounds up can have two sizes: the one that is inferred and the one that is computed.
#
# Guessed: the shape that onnx infers for MaxPool with ceil_mode is the shape that comes, and both drop a last window that would lie in the
# padding alone, as PyTorch does it and the standard's formula since opset 22.
# Seen with onnx 1.23.1 and onnxruntime 1.30.0, windows of 2 × 2 side by side, padding 1, 11 × 11 pixels: up to opset 21, 7 × 7 is inferred and
# 6 × 6 computed. PyTorch 2.13.0's classic exporter writes opset 20: a network with such a layer, Flatten and Linear is refused when loaded (36 is
# not 49). With the number of the opset changed to 22 the same file loads and is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet onnx==1.23.1 onnxruntime==1.30.0 numpy==2.4.6
cat > look.py <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, shape_inference

onnxruntime.set_default_logger_severity(4)
image = np.random.default_rng(1).random((1, 1, 11, 11), np.float32)


def model(opset, *, classifies):
    """Max pooling, alone or with a dense layer for the 6 × 6 numbers that PyTorch's MaxPool2d(2, 2, 1, ceil_mode=True) gives."""
    windows = {'kernel_shape': [2, 2], 'strides': [2, 2], 'pads': [1, 1, 1, 1], 'ceil_mode': 1}
    nodes = [
        helper.make_node('MaxPool', ['x'], ['pooled'], **windows),
        helper.make_node('Flatten', ['pooled'], ['flat']),
        helper.make_node('Gemm', ['flat', 'w'], ['y']),
    ]
    given = helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 1, 11, 11])
    result = helper.make_tensor_value_info('y' if classifies else 'pooled', TensorProto.FLOAT, None)
    weights = [numpy_helper.from_array(np.ones((36, 10), np.float32), 'w')]
    graph = helper.make_graph(nodes if classifies else nodes[:1], 'pooling', [given], [result], weights if classifies else [])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)], ir_version=10)


def loaded(opset, *, classifies):
    file = model(opset, classifies=classifies).SerializeToString()
    return onnxruntime.InferenceSession(file, providers=['CPUExecutionProvider'])


for opset in [20, 22]:
    shape = shape_inference.infer_shapes(model(opset, classifies=False)).graph.output[0].type.tensor_type.shape
    inferred = [axis.dim_value for axis in shape.dim[2:]]
    computed = list(loaded(opset, classifies=False).run(None, {'x': image})[0].shape[2:])
    try:
        loaded(opset, classifies=True).run(None, {'x': image})
        whole = 'loads'
    except Exception as error:
        assert 'between 36 and 49' in str(error)
        whole = 'is refused'
    print(f'opset {opset}: inferred {inferred}, computed {computed}; with a dense layer for {computed} the model {whole}')
    assert computed == [6, 6]
    assert (inferred, whole) == (([7, 7], 'is refused') if opset == 20 else ([6, 6], 'loads'))
print('as stated above')
PYTHON
python/bin/python look.py
