#!/usr/bin/env bash
# ONNX's own reference evaluator normalizes as many channels as the batch has images.
#
# Guessed: onnx.reference, which exists to say what a model should give, computes LRN (local response normalization, as in AlexNet) as the
# standard's formula has it, in every channel.
# Seen with onnx 1.23.1: it takes the number of images for the number of channels. With one image, channel 0 is normalized and all
# others come out as they went in; with as many images as channels, as in the standard's own test (5 × 5 × 5 × 5), it is right. With
# more images than channels it fails. onnxruntime 1.30.0 has the formula's numbers. A right exporter seems wrong by this reference.
# cspell:ignore allclose
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet onnx==1.23.1 onnxruntime==1.30.0 numpy==2.4.6
cat > look.py <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

node = helper.make_node('LRN', ['x'], ['y'], size=1, alpha=1.0, beta=1.0, bias=1.0)
axes = ['images', 'channels', 1, 1]
ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, axes) for name in ['x', 'y']]
model = helper.make_model(
    helper.make_graph([node], 'normalization', ends[:1], ends[1:]), opset_imports=[helper.make_opsetid('', 13)], ir_version=8
)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
for images in [1, 3]:
    # With a size of 1, the formula is x / (1 + x²): 1 becomes 1/2, 2 becomes 2/5, 3 becomes 3/10.
    x = np.tile(np.float32([1, 2, 3]).reshape(1, 3, 1, 1), (images, 1, 1, 1))
    reference = ReferenceEvaluator(model).run(None, {'x': x})[0][0].ravel()
    computed = session.run(None, {'x': x})[0][0].ravel()
    print(f'{images} images: reference {reference}, onnxruntime {computed}')
    assert np.allclose(computed, [0.5, 0.4, 0.3])
    assert np.allclose(reference, [0.5, 2, 3] if images == 1 else [0.5, 0.4, 0.3]), 'the reference has changed'
print('as stated above')
PYTHON
python/bin/python look.py
