/** Pictures for models of several kinds: digits cut out, images taken as they are, the middle of a photograph. */
import { mnistLayout, type RasterImage } from '@longhand/datasets';
import { loadMnist } from '@longhand/mnist/node';
import { expect, test } from 'vitest';
import { preparePicture, takesInk } from './prepare-picture';

const size = { height: 28, width: 28, channels: 1 };
const plan = { size, layout: mnistLayout };

/** Bars of dark ink on light paper. */
function bars(count: number): RasterImage {
  const [width, height] = [80 * count, 90];
  const pixels = new Uint8Array(width * height).fill(215);
  for (let bar = 0; bar < count; bar++) {
    for (let row = 15; row < 75; row++) pixels.fill(45, row * width + 80 * bar + 36, row * width + 80 * bar + 44);
  }
  return { width, height, channels: 1, pixels };
}

test('digits are cut out, one or each, and several taken as one are counted', () => {
  const one = preparePicture(bars(1), plan);
  expect(one.images).toHaveLength(1);
  expect(one.sideBySide).toBeUndefined();
  expect(one.images[0].box).toMatchObject({ left: 36, right: 44 });
  expect(one.images[0].digit?.steps.fitted.height).toBe(20);
  expect(preparePicture(bars(3), plan)).toMatchObject({ sideBySide: 3, images: [{}] });
  const each = preparePicture(bars(3), { ...plan, split: true });
  expect(each.images.map(({ box }) => box.left)).toEqual([36, 116, 196]);
  expect(each.sideBySide).toBeUndefined();
});

test('an image of the data set is taken as it is', () => {
  const pixels = loadMnist({ split: 'test' }).images.subarray(0, 784);
  const { images } = preparePicture({ ...size, channels: 1, pixels }, plan);
  expect(images[0].image.pixels).toEqual(pixels);
  expect(images[0].digit).toBeUndefined();
});

test('a model of whole pictures gets the middle, and color is not left out in silence', () => {
  const colored = {
    size: { height: 8, width: 8, channels: 3 },
    layout: { ...mnistLayout, framing: { kind: 'whole' } },
  } as const;
  expect([takesInk(plan), takesInk(colored)]).toEqual([true, false]);
  const gray = preparePicture(bars(1), colored);
  expect(gray).toMatchObject({ color: 'made up', images: [{ box: { left: 0, top: 5, right: 80, bottom: 85 } }] });
  expect(gray.images[0].image.pixels).toHaveLength(8 * 8 * 3);
  const rgb: RasterImage = { width: 8, height: 8, channels: 3, pixels: new Uint8Array(192).fill(9) };
  expect(preparePicture(rgb, { ...plan, asIs: true }).color).toBe('dropped');
  expect(preparePicture(rgb, colored).color).toBeUndefined();
});

test('without ink there is one line', () => {
  const blank: RasterImage = { width: 60, height: 60, channels: 1, pixels: new Uint8Array(3600).fill(200) };
  expect(() => preparePicture(blank, { ...plan, name: 'sheet.png' })).toThrow(/^sheet\.png: [^\n]+$/);
});
