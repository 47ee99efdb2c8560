/** Images in the address. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageOfText, pictureOfImage, textOfImage } from './image-picture';

test('an image comes back from its text, in letters that an address takes', () => {
  const images = fc
    .tuple(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 32 }))
    .chain(([height, width]) =>
      fc
        .uint8Array({ minLength: height * width, maxLength: height * width })
        .map((pixels) => ({ height, width, pixels })),
    );
  fc.assert(
    fc.property(images, (image) => {
      const text = textOfImage(image) ?? '';
      expect(text).toMatch(/^[\w.x-]+$/);
      expect(imageOfText(text)).toEqual(image);
    }),
    { seed: 1 },
  );
});

test('what is no such text, or unpacks to another size, is none', () => {
  const text = textOfImage({ height: 4, width: 4, pixels: new Uint8Array(16) }) ?? '';
  const others = [
    '',
    'two',
    '4x4.',
    '4x4.AAAA',
    '99x99.AAAA',
    text.slice(0, -4),
    text.replace('4x4', '5x5'),
    text.replace('4x4', '3x3'),
  ];
  expect(others.map(imageOfText)).toEqual(others.map(() => undefined));
  expect(textOfImage({ height: 65, width: 1, pixels: new Uint8Array(65) })).toBeUndefined();
});

test('a picture has the pixels in gray', () => {
  const { pixels } = pictureOfImage({ height: 1, width: 2, pixels: Uint8Array.of(7, 200) });
  expect([...pixels]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
});
