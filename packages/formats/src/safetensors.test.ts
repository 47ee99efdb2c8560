import { readFileSync } from 'node:fs';
import { type Tensor, tensor } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from './format-error';
import { readSafetensors, writeSafetensors } from './safetensors';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url));

describe('files of the Python library', () => {
  test('float32 and float64 are read with their names, shapes and metadata', () => {
    const { tensors, metadata } = readSafetensors(fixture('float32-float64'));
    expect([...tensors]).toEqual([
      ['temperature', tensor([], [0.1], 'float64')],
      ['conv1.bias', tensor([2], [0.1, -0])],
      [
        'conv1.weight',
        tensor(
          [2, 1, 2, 3],
          Array.from({ length: 12 }, (_, k) => k / 8 - 0.5),
        ),
      ],
    ]);
    expect({ ...metadata }).toEqual({ épochs: '3 “epochs”\n' });
  });

  test('written again they are the same bytes', () => {
    const bytes = fixture('float32-float64');
    expect(Buffer.from(writeSafetensors(readSafetensors(bytes))).equals(bytes)).toBe(true);
  });

  test('16-bit floats are widened as PyTorch widens them', () => {
    const { tensors } = readSafetensors(fixture('float16-bfloat16'));
    expect(tensors.get('half')).toEqual(tensors.get('half.widened'));
    expect(tensors.get('bfloat')).toEqual(tensors.get('bfloat.widened'));
    expect(tensors.get('half')?.data[2]).toBe(65504);
  });

  test('integers and empty tensors are refused by name', () => {
    expect(() => readSafetensors(fixture('int64'), 'a.safetensors')).toThrow(
      'a.safetensors: tensor "steps": expected one of F64, F32, F16, BF16 as the dtype, got "I64"; convert or leave it out',
    );
    expect(() => readSafetensors(fixture('empty'), 'a.safetensors')).toThrow(
      'a.safetensors: tensor "nothing": expected whole numbers of at least 1 as the shape, got [0,3]',
    );
  });
});

describe('leaving tensors out', () => {
  test('by their names, whatever their element type', () => {
    const { tensors, skipped } = readSafetensors(fixture('int64'), 'a', { skip: (name) => name === 'steps' });
    expect([tensors.size, skipped]).toEqual([0, ['steps']]);
    const skip = (name: string): boolean => name.startsWith('conv1');
    const some = readSafetensors(fixture('float32-float64'), 'a', { skip });
    expect([[...some.tensors.keys()], some.skipped]).toEqual([['temperature'], ['conv1.bias', 'conv1.weight']]);
  });

  test('which still have to lie in the file', () => {
    const bytes = fixture('int64');
    expect(() => readSafetensors(bytes.subarray(0, -1), 'a', { skip: () => true })).toThrow(
      new FormatError('a: expected 8 bytes of data, got 7: the file is cut short; fetch it again'),
    );
  });
});

describe('writing', () => {
  test('the numbers begin at a multiple of eight, little-endian, in the order given', () => {
    const bytes = writeSafetensors({
      tensors: [
        ['b', tensor([2], [1, -2])],
        ['a', tensor([1], [0.5], 'float64')],
      ],
    });
    const headerBytes = bytes[0] as number;
    expect(headerBytes % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)).trimEnd()).toBe(
      '{"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}',
    );
    expect([...bytes.subarray(8 + headerBytes)]).toEqual([
      0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f,
    ]);
  });

  test('no tensors and no metadata make the smallest file', () => {
    const bytes = writeSafetensors({ tensors: [] });
    expect(bytes).toEqual(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode('{}      ')));
    expect(readSafetensors(bytes).tensors.size).toBe(0);
  });

  test.each([
    [
      'the key of the metadata',
      { tensors: [['__metadata__', tensor([1])]] },
      'writeSafetensors: expected names of tensors, got __metadata__, which the format keeps; rename it',
    ],
    [
      'a name twice',
      {
        tensors: [
          ['w', tensor([1])],
          ['w', tensor([1])],
        ],
      },
      'writeSafetensors: expected every name once, got "w" twice; rename one',
    ],
    [
      'half a character',
      { tensors: [['\ud83d', tensor([1])]] },
      'writeSafetensors: expected whole characters, got "\\ud83d", which ends or begins within one',
    ],
    [
      'half a character in the metadata',
      { tensors: [], metadata: { note: '\ude00!' } },
      'writeSafetensors: expected whole characters, got "\\ude00!", which ends or begins within one',
    ],
    [
      'a shape that its numbers do not fill',
      { tensors: [['w', { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) }]] },
      'writeSafetensors: tensor "w": expected at least one number and as many as the shape has entries, got 3 for [2, 2]',
    ],
    [
      'an empty tensor',
      { tensors: [['w', { dtype: 'float32', shape: [0], data: new Float32Array(0) }]] },
      'writeSafetensors: tensor "w": expected at least one number and as many as the shape has entries, got 0 for [0]',
    ],
    [
      'metadata that is not text',
      { tensors: [], metadata: { epochs: 3 as unknown as string } },
      'writeSafetensors: expected a string as metadata "epochs", got 3; write it as text',
    ],
  ] as [string, Parameters<typeof writeSafetensors>[0], string][])('refuses %s', (_, source, message) => {
    expect(() => writeSafetensors(source)).toThrow(new FormatError(message));
  });
});

describe('unusual names', () => {
  test('are ordinary names', () => {
    const names = ['a":b', '"\\\n', '', '__proto__', 'constructor', 'toString', '1', '0'];
    const tensors = names.map((name, k): [string, Tensor] => [name, tensor([1], [k])]);
    const metadata = JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string>;
    const read = readSafetensors(writeSafetensors({ tensors, metadata }));
    expect([...read.tensors]).toEqual(tensors);
    expect(Object.entries(read.metadata)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    expect(read.metadata.toString).toBeUndefined();
  });
});

const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }), fc.boolean(), fc.infiniteStream(fc.double()))
  .map(([shape, double, numbers]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return tensor(shape, [...numbers.take(size)], double ? 'float64' : 'float32');
  });

const anySource = fc.record({
  tensors: fc
    .dictionary(fc.string({ unit: 'grapheme' }), anyTensor, { maxKeys: 5 })
    .map((named) => new Map(Object.entries(named))),
  metadata: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
});

describe('properties', () => {
  test('what is written is read, wherever the bytes lie', () => {
    fc.assert(
      fc.property(anySource, fc.integer({ min: 0, max: 9 }), (source, offset) => {
        const bytes = writeSafetensors(source);
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        const read = readSafetensors(moved.subarray(offset));
        expect([...read.tensors]).toEqual([...source.tensors]);
        expect(Object.entries(read.metadata)).toEqual(Object.entries(source.metadata));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('damaged bytes give a FormatError on one line, or tensors that hold together', () => {
    const damage = fc.record({
      cutTo: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    });
    let refused = 0;
    fc.assert(
      fc.property(anySource, damage, (source, { cutTo, bytes: changes }) => {
        const whole = writeSafetensors(source);
        const bytes = changes.length > 0 ? whole.slice() : whole.slice(0, Math.floor(cutTo * whole.length));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          const { tensors } = readSafetensors(bytes, 'damaged');
          for (const { shape, data } of tensors.values()) tensor(shape, data);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(FormatError);
          expect((error as Error).message).toMatch(/^damaged: [^\n]+$/);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

test('numbers that are no floats would make a file that cannot be read, and are refused', () => {
  for (const [data, got] of [
    [Int32Array.of(1, 2), 'an Int32Array'],
    [[1, 2], 'an Array'],
    [undefined, 'none'],
  ] as const) {
    const source = { dtype: 'float32', shape: [2], data } as never;
    expect(() => writeSafetensors({ tensors: [['a', source]] })).toThrow(
      new FormatError(
        `writeSafetensors: tensor "a": expected its numbers as a Float32Array or a Float64Array, got ${got}`,
      ),
    );
  }
});

test('a file as a buffer is refused', () => {
  expect(() => readSafetensors(new ArrayBuffer(16) as never, 'a')).toThrow(
    new FormatError('a: expected bytes in a Uint8Array, got an ArrayBuffer; give new Uint8Array(bytes)'),
  );
});
