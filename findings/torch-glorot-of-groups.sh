#!/usr/bin/env bash
# Glorot's rule in PyTorch counts the outputs of all groups, though an input of a grouped convolution feeds its own group alone.
#
# Guessed: xavier_normal_ keeps the variance of activations and gradients of a depthwise convolution, whose weights have nine inputs
# and nine outputs each with kernels of 3 x 3: a standard deviation of sqrt(2 / (9 + 9)) = 0.333.
# Seen with PyTorch 2.13.0, 64 channels in 64 groups: fan-in 9, fan-out 576, a standard deviation of 0.058. Each such layer makes the
# variance of activations and gradients some 30 times smaller; behind four of them it is a millionth. He's rule with mode='fan_in' is
# not concerned, nor are networks with batch normalization behind each convolution.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch import nn

torch.manual_seed(1)
channels, layers = 64, 4
convolutions = [nn.Conv2d(channels, channels, 3, groups=channels, bias=False) for _ in range(layers)]
fans = nn.init._calculate_fan_in_and_fan_out(convolutions[0].weight)
for convolution in convolutions:
    nn.init.xavier_normal_(convolution.weight)
x = torch.randn(8, channels, 24, 24)
with torch.no_grad():
    y = nn.Sequential(*convolutions)(x)
deviation = convolutions[0].weight.std().item()
ratio = (y.var() / x.var()).item()
print(f"fans {fans}, standard deviation {deviation:.3f}, variance after {layers} layers {ratio:.1e} of the input's")
assert fans == (9, 576), "the fan-out is another one now"
assert abs(deviation - 0.058) < 0.005
assert ratio < 1e-5
print("as stated above")
PYTHON
