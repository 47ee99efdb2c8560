/** `longhand predict --crop`: a part of a picture, and parts that are not in it. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@longhand/datasets/node';
import { beforeAll, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { pictures } from '../../testing/pictures';
import { at } from '../../testing/test-folder';

const model = ['--model', 'reader.safetensors'];
const fixture = fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url));
const [, , , three, , , , seven] = pictures;
const width = three.width + seven.width;
const height = Math.max(three.height, seven.height) + 30;
const sides = { three: [0, 0, three.width, three.height], seven: [three.width, 30, seven.width, seven.height] };

/** The 3 at the top left, the 7 to its right and 30 pixels lower. */
beforeAll(() => {
  copyFileSync(fixture, at('reader.safetensors'));
  const pixels = new Uint8Array(width * height * 3).fill(255);
  for (const [picture, [left, top]] of [
    [three, sides.three],
    [seven, sides.seven],
  ] as const) {
    const { channels } = picture;
    for (let k = 0; k < picture.width * picture.height; k++) {
      const [x, y] = [k % picture.width, Math.floor(k / picture.width)];
      for (let color = 0; color < 3; color++) {
        const sample = picture.pixels[k * channels + (channels < 3 ? 0 : color)];
        pixels[((top + y) * width + left + x) * 3 + color] = sample;
      }
    }
  }
  writeFileSync(at('both.png'), encodePng({ width, height, channels: 3, pixels }));
  for (const [name, picture] of Object.entries({ three, seven })) writeFileSync(at(`${name}.png`), encodePng(picture));
});

test.each(Object.entries(sides))('the %s alone, with its box in the pixels of the file', async (name, [x, y, w, h]) => {
  const read = async (...options: string[]): Promise<Record<string, unknown> & { box: Record<string, number> }> =>
    JSON.parse((await longhand(['predict', ...options, '--json', ...model])).stdout);
  const [part, alone] = [await read('both.png', '--crop', `${x},${y},${w},${h}`), await read(`${name}.png`)];
  expect(part.probabilities).toEqual(alone.probabilities);
  const { left, top, right, bottom } = alone.box;
  expect(part.box).toEqual({ left: left + x, top: top + y, right: right + x, bottom: bottom + y });
});

test('a part outside the picture is one line, and the others are classified', async () => {
  const crop = `0,0,${seven.width},${seven.height}`;
  writeFileSync(at('small.png'), encodePng({ width: 9, height: 8, channels: 1, pixels: new Uint8Array(72) }));
  const { code, stdout, stderr } = await longhand(['predict', 'small.png', 'seven.png', '--crop', crop, ...model]);
  expect(stderr).toBe(
    `error: small.png: expected --crop within its 9 × 8 pixels, got columns up to ${seven.width} and rows up to ${seven.height}; give another x,y,width,height\n`,
  );
  expect([code, stdout]).toEqual([3, expect.stringMatching(/^seven\.png: 7 /)]);
});

test.each(['1,2,3', '1,2,3,4,5', '1,2,0,4', '-1,0,3,3', '1,,3,4', 'a,b,c,d'])('%s is no part', async (text) => {
  expect(await longhand(['predict', 'both.png', `--crop=${text}`, ...model])).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: option '--crop <x,y,width,height>' argument '${text}' is invalid. Expected the left edge, the top, the width and the height, such as 120,40,300,200.\n`,
  });
});
