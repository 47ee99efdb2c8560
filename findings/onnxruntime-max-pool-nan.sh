#!/usr/bin/env bash
# In onnxruntime a NaN goes through MaxPool or not by where in the window it lies, and can take the maximum with it.
#
# Guessed: a window with a NaN gives NaN, as PyTorch's max_pool2d does, and a window of -inf gives -inf.
# Seen with onnxruntime 1.30.0 (CPU, x86-64) and onnx 1.23.1, windows of 2 x 2 in reading order:
#   - NaN in the last cell gives NaN; NaN in any other cell gives a number;
#   - 4, 3, NaN, 1 gives 3, which is neither NaN nor the largest number there;
#   - nothing but -inf gives -3.4028235e38, the lowest finite float; onnx's own reference evaluator gives -inf;
#   - Relu keeps the NaN, as it should.
# So the logits of a network with broken activations may be ordinary numbers behind its pooling layers. Look for NaN
# before the pooling, not after it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.1 onnxruntime==1.30.0
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator


def model(operator, shape, **attributes):
    node = helper.make_node(operator, ["x"], ["y"], **attributes)
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph([node], "one-operator", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def run(operator, values, **attributes):
    x = np.array(values, np.float32)
    session = onnxruntime.InferenceSession(model(operator, x.shape, **attributes).SerializeToString())
    return session.run(None, {"x": x})[0]


pool = {"kernel_shape": [2, 2]}
nan, inf = float("nan"), float("inf")
window = lambda *cells: run("MaxPool", [[[list(cells[:2]), list(cells[2:])]]], **pool).item()
first, last, lost = window(nan, 2, 3, 4), window(1, 2, 3, nan), window(4, 3, nan, 1)
only = window(nan, nan, nan, nan)
lowest = window(-inf, -inf, -inf, -inf)
reference = ReferenceEvaluator(model("MaxPool", (1, 1, 2, 2), **pool)).run(
    None, {"x": np.full((1, 1, 2, 2), -inf, np.float32)}
)[0].item()
relu = run("Relu", [[nan, 1]])[0, 0]
print(f"NaN first: {first}; last: {last}; third of 4, 3, NaN, 1: {lost}; NaN only: {only}")
print(f"-inf only: {lowest}; reference evaluator: {reference}")
assert first == 4 and np.isnan(last) and lost == 3, "MaxPool treats NaN in another way now"
assert np.isnan(only), "a window of NaN alone no longer gives NaN"
assert lowest == np.finfo(np.float32).min, "a window of -inf no longer gives the lowest finite float"
assert reference == -inf and np.isnan(relu)
print("as stated above")
PYTHON
