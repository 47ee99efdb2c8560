import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error';
import { ProtobufMessage } from './protobuf-reader';
import { ProtobufWriter } from './protobuf-writer';

const read = (...bytes: number[]): ProtobufMessage => ProtobufMessage.of(Uint8Array.from(bytes), 'm');

describe('the wire format by hand', () => {
  // The examples of the specification: 150 is 0x96 0x01, "testing" is seven bytes.
  test('is written', () => {
    expect([...new ProtobufWriter('w').integer(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtobufWriter('w').text(2, 'testing').finish()]).toEqual([0x12, 7, ...Buffer.from('testing')]);
    expect([...new ProtobufWriter('w').message(3, (inner) => inner.integer(1, 150)).finish()]).toEqual([
      0x1a, 3, 0x08, 0x96, 0x01,
    ]);
    expect([...new ProtobufWriter('w').integer(1, -2).finish()]).toEqual([8, 0xfe, ...new Array(8).fill(0xff), 1]);
    expect([...new ProtobufWriter('w').float(1, 1).finish()]).toEqual([0x0d, 0, 0, 0x80, 0x3f]);
  });

  test('is read', () => {
    expect(read(0x08, 0x96, 0x01).integer(1)).toBe(150);
    expect(read(0x12, 2, 0x61, 0x62).text(2)).toBe('ab');
    expect(read(0x1a, 3, 0x08, 0x96, 0x01).message(3)?.integer(1)).toBe(150);
    expect(read(8, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1).integer(1)).toBe(-2);
    expect([...read(0x0d, 0, 0, 0x80, 0x3f).float32s(1)]).toEqual([1]);
    expect([...read(0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f).float64s(1)]).toEqual([1]);
  });

  test('lists are read packed and one by one', () => {
    expect(read(0x22, 3, 3, 0x96, 0x01, 0x20, 7).integers(4)).toEqual([3, 150, 7]);
    expect([...read(0x22, 3, 3, 0x96, 0x01, 0x20, 7).int64s(4)]).toEqual([3n, 150n, 7n]);
    expect([...read(0x0a, 4, 0, 0, 0x80, 0x3f, 0x0d, 0, 0, 0, 0x40).float32s(1)]).toEqual([1, 2]);
  });

  test('unknown fields of every width are stepped over', () => {
    const message = read(0x48, 0x96, 1, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 0x4a, 2, 9, 9, 0x4d, 1, 2, 3, 4, 0x08, 5);
    expect(message.integer(1)).toBe(5);
    expect(message.has(2)).toBe(false);
  });

  test('absent fields have defaults, the last of repeated ones counts', () => {
    expect([read().integer(1), read().text(1), read().message(1), read().bytes(1)]).toEqual([
      0,
      '',
      undefined,
      undefined,
    ]);
    expect(read(8, 1, 8, 2).integer(1)).toBe(2);
    expect(read(0x0a, 1, 0x61, 0x0a, 1, 0x62).text(1)).toBe('b');
  });
});

describe('refuses', () => {
  test.each([
    ['a length beyond the file', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1], 'byte 6: expected 4294967295 bytes, got 1'],
    [
      'a length beyond all files',
      [0x0a, ...new Array(9).fill(0xff), 1],
      'byte 11: expected 18446744073709552000 bytes, got 0',
    ],
    ['a number that is cut off', [0x0d, 1, 2, 3], 'byte 1: expected 4 bytes, got 3'],
    [
      'an endless number',
      [0x08, ...new Array(10).fill(0xff), 1],
      'byte 1: expected a whole number of at most 10 bytes, got one without an end',
    ],
    ['a group', [0x0b, 0x0c], 'byte 0: expected a field, got 11 as its tag'],
    ['field zero', [0x02, 0], 'byte 0: expected a field, got 2 as its tag'],
    ['a number for a text', [0x08, 5], 'byte 1: expected field 1 as bytes, got varint'],
    ['bytes that are no text', [0x0a, 1, 0xff], 'byte 2: expected UTF-8 text, got other bytes'],
  ])('%s', (_, bytes, message) => {
    expect(() => read(...bytes).text(1)).toThrow(new FormatError(`m: ${message}; is this a whole ONNX file?`));
  });

  test('a text for a number, a list that ends within a number, a number beyond all whole ones', () => {
    expect(() => read(0x0d, 0, 0, 0, 0).integer(1)).toThrow('byte 1: expected field 1 as varint, got fixed32');
    expect(() => read(0x0a, 1, 0x80).integers(1)).toThrow('byte 2: expected a whole number of at most 10 bytes, got');
    expect(() => read(0x0a, 3, 0, 0, 0).float32s(1)).toThrow('byte 2: expected 4 bytes, got 3');
    expect(() => read(8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f).integer(1)).toThrow(
      'byte 1: expected a whole number within ±2⁵³, got 9223372036854776000',
    );
  });

  test('a message reaches no further than its length', () => {
    expect(() => read(0x1a, 2, 0x0a, 3, 0x08, 1, 0x08, 1).message(3)?.text(1)).toThrow(
      'byte 4: expected 3 bytes, got 0',
    );
  });

  test('more messages than any network has', () => {
    const bytes = new Uint8Array(2 * 100_001);
    for (let k = 0; k < bytes.length; k += 2) bytes[k] = 0x0a;
    expect(() => ProtobufMessage.of(bytes, 'm').messages(1)).toThrow(
      'm: byte 200002: expected at most 100,000 nodes, attributes and tensors together, got 100,001',
    );
  });

  test('to write half a character', () => {
    expect(() => new ProtobufWriter('w').text(1, '\ud83d')).toThrow('w: expected whole characters, got "\\ud83d"');
  });
});

test('whole numbers of 64 bits come back', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (numbers) => {
      const writer = new ProtobufWriter('w');
      for (const number of numbers) writer.integer(5, number);
      expect([...ProtobufMessage.of(writer.finish(), 'm').int64s(5)]).toEqual(numbers);
    }),
    { seed: 1, numRuns: 300 },
  );
});
