#!/usr/bin/env bash
# OpenCV makes another gray of a color PNG when the file says that it is sRGB.
#
# Guessed: IMREAD_GRAYSCALE weighs red, green and blue by 299, 587 and 114 thousandths, whatever the file, as reading in color and
# converting does. A chunk that names the usual color space (sRGB, or gAMA with 1/2.2, as editors and screenshots write them) changes nothing.
# Seen with opencv-python-headless 5.0.0.93: with either chunk the weights are applied in linear light: red becomes 147 and not 76, green
# 200 and not 150, blue 95 and not 29. The same picture without the chunk, or with an ICC profile, gives 76, 149 and 29. Ink in color, read
# so, is far paler; a set of pictures from several programs has two kinds of gray. Reading in color and converting gives 76, 150, 29 in all.
# cspell:ignore imdecode imread frombuffer
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet opencv-python-headless==5.0.0.93 numpy==2.4.6
cat > look.py <<'PYTHON'
import struct
import zlib

import cv2
import numpy as np


def png(*extra):
    """One row of three pixels: red, green, blue."""

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    row = bytes([0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    header = chunk(b'IHDR', struct.pack('>II', 3, 1) + bytes([8, 2, 0, 0, 0]))
    rest = chunk(b'IDAT', zlib.compress(row)) + chunk(b'IEND', b'')
    return np.frombuffer(b'\x89PNG\r\n\x1a\n' + header + b''.join(chunk(*each) for each in extra) + rest, np.uint8)


plain, srgb, gamma = png(), png((b'sRGB', b'\0')), png((b'gAMA', struct.pack('>I', 45455)))
for name, file, expected in [('plain', plain, [76, 149, 29]), ('sRGB', srgb, [147, 200, 95]), ('gAMA', gamma, [147, 200, 95])]:
    gray = cv2.imdecode(file, cv2.IMREAD_GRAYSCALE)[0].tolist()
    converted = cv2.cvtColor(cv2.imdecode(file, cv2.IMREAD_COLOR), cv2.COLOR_BGR2GRAY)[0].tolist()
    print(f'{name}: read as gray {gray}, converted {converted}')
    assert gray == expected
    assert converted == [76, 150, 29]
print('as stated above')
PYTHON
python/bin/python look.py
