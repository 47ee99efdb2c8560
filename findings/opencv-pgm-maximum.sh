#!/usr/bin/env bash
# OpenCV scales the gray levels of a PGM file that is written as text, and not those of the same file in binary.
#
# Guessed: a PGM file with levels from 0 to 15 comes as 0 to 255 in both spellings, P2 and P5, as it does from Pillow; or as 0 to 15 in both.
# Seen with opencv-python-headless 5.0.0.93: P2 gives 0, 85, 170, 255 and P5 gives 0, 5, 10, 15, which is a black picture. P3 and P6 differ
# likewise. A binary file of 1,023 levels, read as gray, comes as 0, 1, 2, 3. Pillow 12.3.0 scales all of them. Digits with 16 or
# 17 levels, as UCI's are, need to be multiplied by hand, or not, depending on how the file was written.
# cspell:ignore asarray frombuffer imdecode imread
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet opencv-python-headless==5.0.0.93 numpy==2.4.6 pillow==12.3.0
cat > look.py <<'PYTHON'
import io

import cv2
import numpy as np
from PIL import Image

text = b'P2\n4 1\n15\n0 5 10 15\n'
binary = b'P5\n4 1\n15\n' + bytes([0, 5, 10, 15])
wide = b'P5\n4 1\n1023\n' + np.array([0, 341, 682, 1023], '>u2').tobytes()


def opened(file):
    return cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)[0].tolist()


print('text', opened(text), '- binary', opened(binary), '- binary with 1,023 levels', opened(wide))
for file in [text, binary]:
    assert np.asarray(Image.open(io.BytesIO(file)))[0].tolist() == [0, 85, 170, 255]
assert opened(text) == [0, 85, 170, 255]
assert opened(binary) == [0, 5, 10, 15], 'binary files are scaled now'
assert opened(wide) == [0, 1, 2, 3]
print('as stated above')
PYTHON
python/bin/python look.py
