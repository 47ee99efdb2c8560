import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { type IdxArray, type IdxSource, readIdx, writeIdx } from './idx';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Each type by hand: the bytes of a file and what they mean. */
const examples: [string, IdxArray][] = [
  [
    '00000802 00000002 00000003 00 01 02 7f 80 ff',
    { type: 'uint8', shape: [2, 3], data: Uint8Array.of(0, 1, 2, 127, 128, 255) },
  ],
  ['00000901 00000003 00 7f 80', { type: 'int8', shape: [3], data: Int8Array.of(0, 127, -128) }],
  ['00000b01 00000002 0102 fffe', { type: 'int16', shape: [2], data: Int16Array.of(258, -2) }],
  ['00000c01 00000002 01020304 ffffffff', { type: 'int32', shape: [2], data: Int32Array.of(16909060, -1) }],
  ['00000d01 00000001 3fc00000', { type: 'float32', shape: [1], data: Float32Array.of(1.5) }],
  ['00000e01 00000001 c004000000000000', { type: 'float64', shape: [1], data: Float64Array.of(-2.5) }],
  ['00000800 07', { type: 'uint8', shape: [], data: Uint8Array.of(7) }],
  ['00000802 00000000 00000003', { type: 'uint8', shape: [0, 3], data: new Uint8Array() }],
];

describe('every type', () => {
  test.each(examples)('%s', (hex, array) => {
    expect(readIdx(bytesOf(hex))).toEqual(array);
    expect(writeIdx(array)).toEqual(bytesOf(hex));
  });

  test('bytes are a view, wherever the file lies in memory', () => {
    const memory = new Uint8Array(32);
    const file = memory.subarray(3, 3 + 11);
    file.set(bytesOf('00000801 00000003 010203'));
    const { data } = readIdx(file);
    memory[3 + 8] = 9;
    expect([...data]).toEqual([9, 2, 3]);
  });
});

describe('reading refuses', () => {
  test.each([
    ['', 'expected at least 4 bytes, got 0: the file is cut short; fetch it again'],
    ['000008', 'expected at least 4 bytes, got 3: the file is cut short; fetch it again'],
    [
      '1f8b0800 00',
      'expected an IDX file, which begins with 00 00 and a type (08 uint8, 09 int8, 0b int16, 0c int32, 0d float32, 0e float64), got 1f 8b 08; give another file',
    ],
    [
      '00000a01 00000000',
      'expected an IDX file, which begins with 00 00 and a type (08 uint8, 09 int8, 0b int16, 0c int32, 0d float32, 0e float64), got 00 00 0a; give another file',
    ],
    ['00000803 00000001', 'expected at least 16 bytes for 3 dimensions, got 8: the file is cut short; fetch it again'],
    ['00000c01 00000002 00000000', 'expected 16 bytes, got 12: the file is cut short; fetch it again'],
    ['00000801 00000001 0000', 'expected 9 bytes, got 10: the file is too long; fetch it again'],
    ['00000e01 ffffffff', 'expected 34359738368 bytes, got 8: the file is cut short; fetch it again'],
    [
      '00000803 ffffffff ffffffff ffffffff',
      'expected dimensions that a file can have, got a product beyond all whole numbers; fetch the file again',
    ],
    [
      `000008ff ${'ffffffff'.repeat(254)} 00000000`,
      'expected dimensions that a file can have, got a product beyond all whole numbers; fetch the file again',
    ],
  ])('%s', (hex, message) => {
    expect(() => readIdx(bytesOf(hex), 'digits')).toThrow(new DatasetError(`digits: ${message}`));
  });
});

describe('writing refuses', () => {
  test.each<[IdxSource, string]>([
    [{ shape: [2, 2], data: new Uint8Array(3) }, 'expected 4 numbers for the shape [2, 2], got 3'],
    [{ shape: [1.5], data: new Uint8Array(1) }, 'expected up to 255 whole dimensions from 0 to 4294967295, got [1.5]'],
    [{ shape: [-1], data: new Uint8Array(1) }, 'expected up to 255 whole dimensions from 0 to 4294967295, got [-1]'],
    [
      { shape: new Array<number>(256).fill(1), data: new Uint8Array(1) },
      `expected up to 255 whole dimensions from 0 to 4294967295, got [${new Array(256).fill(1).join(', ')}]`,
    ],
  ])('%j', (source, message) => {
    expect(() => writeIdx(source)).toThrow(new DatasetError(`writeIdx: ${message}`));
  });
});

const anyIdx: fc.Arbitrary<IdxSource> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.constantFrom(Uint8Array, Int8Array, Int16Array, Int32Array, Float32Array, Float64Array),
    fc.infiniteStream(fc.oneof(fc.integer(), fc.double())),
  )
  .map(([shape, Numbers, numbers]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return { shape, data: Numbers.from([...numbers.take(size)]) };
  });

describe('properties', () => {
  test('what is written is read', () => {
    fc.assert(
      fc.property(anyIdx, (source) => {
        const { shape, data } = readIdx(writeIdx(source));
        expect({ shape, data }).toEqual(source);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('damaged bytes give a DatasetError on one line, or an array that fills its shape', () => {
    let refused = 0;
    const damage = fc.record({
      cutTo: fc.double({ min: 0, max: 1, noNaN: true }),
      changes: fc.array(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(anyIdx, damage, (source, { cutTo, changes }) => {
        const whole = writeIdx(source);
        const bytes = changes.length > 0 ? whole : whole.subarray(0, Math.floor(cutTo * whole.length));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          const { shape, data } = readIdx(bytes, 'damaged');
          expect(data.length).toBe(shape.reduce((product, extent) => product * extent, 1));
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(DatasetError);
          expect((error as Error).message).toMatch(/^damaged: [^\n]+$/);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

test.each([
  [new ArrayBuffer(8), 'an ArrayBuffer; give new Uint8Array(bytes)'],
  ['00000801', 'a string'],
])('a file as %o is refused', (bytes, got) => {
  expect(() => readIdx(bytes as never, 'labels')).toThrow(
    new DatasetError(`labels: expected bytes in a Uint8Array, got ${got}`),
  );
});

test.each([
  [Uint16Array.of(1, 2), 'a Uint16Array'],
  [new Uint8ClampedArray(2), 'a Uint8ClampedArray'],
  [[1, 2], 'an Array'],
  [undefined, 'none'],
])('%o cannot be written', (data, got) => {
  expect(() => writeIdx({ shape: [2], data: data as never })).toThrow(
    new DatasetError(
      `writeIdx: expected data as one of Uint8Array, Int8Array, Int16Array, Int32Array, Float32Array, Float64Array, got ${got}`,
    ),
  );
});
