import { expect, test } from 'vitest';
import { checkDecodingMemory } from './decoding-memory';

const photograph = { name: 'a.jpg', width: 8160, height: 6120, bytes: 28 * 8160 * 6120 };

test('a picture that does not fit into the machine is refused with both figures', () => {
  checkDecodingMemory(photograph, 2e9);
  expect(() => checkDecodingMemory(photograph, 1e9)).toThrow(
    'a.jpg: expected a picture that can be decoded in the 1000 MB of this machine, got 8160 × 6120 pixels, which take 1399 MB; make the picture smaller',
  );
});
