#!/usr/bin/env bash
# safetensors.numpy writes the wrong numbers for a transposed or sliced array, and says nothing.
#
# Guessed: save() copies an array that is not contiguous in C order, as numpy.save does, or refuses it, as
# safetensors.torch does.
# Seen with safetensors 0.8.0 and numpy 2.4.6: such a view is written with its own shape and the first bytes of the
# memory behind it. Reading it back gives other numbers or another order, with no error on either side: the transposed
# view `w.T` comes back as the numbers of `w` in their order, `w[:, ::2]` as the first numbers of `w` without a step.
# Keras kernels turned with transpose() on their way to PyTorch's layout are such views: wrap them in
# numpy.ascontiguousarray before saving.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from safetensors.numpy import load, save

weight = np.arange(6, dtype=np.float32).reshape(2, 3)


def returned(array):
    return load(save({"weight": array}))["weight"]


turned = returned(weight.T)
print("saved:", weight.T.tolist(), "read back:", turned.tolist())
assert turned.shape == (3, 2) and turned.ravel().tolist() == weight.ravel().tolist(), "transposed arrays differ now"
assert not np.array_equal(turned, weight.T)
assert np.array_equal(returned(np.ascontiguousarray(weight.T)), weight.T)
assert returned(weight[:, ::2]).ravel().tolist() == [0, 1, 2, 3], "sliced arrays differ now"
print("as stated above")
PYTHON
