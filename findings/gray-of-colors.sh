#!/usr/bin/env bash
# jimp and image-js make another gray of a color than Pillow does.
#
# Guessed: red, green and blue become the gray that Pillow's mode L has, and with it torchvision and Keras: 299, 587 and 114
# thousandths (ITU-R BT.601). A network that was trained on gray pictures made in Python then sees the same in JavaScript.
# Seen with jimp 1.6.1 and image-js 1.7.0: both weigh by BT.709, for linear light, though the numbers are not linear: red
# becomes 54 and not 76, green 182 and not 150, blue 18 and not 29. Red ink comes out three tenths darker.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet pillow==12.3.0
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts jimp@1.6.1 image-js@1.7.0
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { Image } from 'image-js';
import { Jimp } from 'jimp';

const colors = [0xff0000ff, 0x00ff00ff, 0x0000ffff];
const picture = new Jimp({ width: 3, height: 1 });
colors.forEach((color, x) => picture.setPixelColor(color, x, 0));
const jimp = [...picture.greyscale().bitmap.data].filter((_, at) => at % 4 === 0);
const data = Uint8Array.from(colors.flatMap((color) => [24, 16, 8].map((bits) => (color >>> bits) & 255)));
const imageJs = [...new Image(3, 1, { data, colorModel: 'RGB' }).grey().getRawImage().data]; // cspell:disable-line
console.log('jimp', jimp, 'image-js', imageJs);
assert.deepStrictEqual(jimp, [54, 182, 18]);
assert.deepStrictEqual(imageJs, [54, 182, 18]);
NODE
node look.mjs
python/bin/python - <<'PYTHON'
from PIL import Image

gray = [Image.new("RGB", (1, 1), color).convert("L").getpixel((0, 0)) for color in ["#f00", "#0f0", "#00f"]]
print("Pillow", gray)
assert gray == [76, 150, 29]
PYTHON
echo 'as stated above'
