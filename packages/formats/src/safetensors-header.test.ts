import { describe, expect, test } from 'vitest';
import { FormatError } from './format-error';
import { readSafetensors } from './safetensors';

/** A file with any header and any data, padded or not. */
function fileOf(header: string | Uint8Array, data: ArrayLike<number> = []): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (dtype: unknown, shape: unknown, offsets: unknown): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe('reading refuses', () => {
  const scalar = entry('F32', [], [0, 4]);
  const cases: [string, Uint8Array, string][] = [
    ['an empty file', new Uint8Array(0), 'expected at least 8 bytes, got 0: the file is cut short; fetch it again'],
    [
      'a header longer than any',
      fileOf('{}').fill(0xff, 0, 8),
      'expected at most 16,000,000 bytes of header, got 18446744073709552000; is this a safetensors file?',
    ],
    [
      'a header longer than the file',
      fileOf('{}').fill(200, 0, 1),
      'expected 200 bytes of header, got 2: the file is cut short; fetch it again',
    ],
    ['no header', fileOf(''), 'expected a header that begins with {; is this a safetensors file?'],
    ['a list as header', fileOf('[]'), 'expected a header that begins with {; is this a safetensors file?'],
    [
      'bytes that are not text',
      fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
      'expected UTF-8 text as the header, got other bytes; export the file again',
    ],
    ['text that is not JSON', fileOf('{"a":}'), 'expected JSON as the header, got other text; export the file again'],
    ['a broken key', fileOf('{"\\x":1}'), 'expected JSON as the header, got other text; export the file again'],
    ['an open string', fileOf('{"a'), 'expected JSON as the header, got other text; export the file again'],
    ['two values', fileOf('{}{}'), 'expected JSON as the header, got other text; export the file again'],
    [
      'a deep header',
      fileOf(`{"a":${'['.repeat(1e6)}`),
      'expected at most 64 levels of lists and objects in line 1, column 69, got 65; if it has to be, raise the budget: nesting=65',
    ],
    [
      'a name written twice',
      fileOf(`{"a":${scalar},"\\u0061" : ${scalar}}`, [0, 0, 0, 0]),
      'expected every name once in the header, got "a" twice; rename one',
    ],
    [
      'a dtype written twice',
      fileOf(`{"a":{"dtype":"F64",${scalar.slice(1)}}`, [0, 0, 0, 0]),
      'expected every name once in the header, got "dtype" twice; rename one',
    ],
    [
      'metadata that is no object',
      fileOf('{"__metadata__":null}'),
      'expected an object of strings as __metadata__, got null',
    ],
    [
      'metadata that is not text',
      fileOf('{"__metadata__":{"epochs":3}}'),
      'expected a string as metadata "epochs", got 3; write it as text',
    ],
    ['a tensor without description', fileOf('{"a":[]}'), 'tensor "a": expected an object that describes it, got []'],
    [
      'an unknown dtype',
      fileOf(`{"a":${entry('constructor', [], [0, 4])}}`),
      'tensor "a": expected one of F64, F32, F16, BF16 as the dtype, got "constructor"; convert or leave it out',
    ],
    [
      'no dtype',
      fileOf('{"a":{}}'),
      'tensor "a": expected one of F64, F32, F16, BF16 as the dtype, got none; convert or leave it out',
    ],
    [
      'a broken shape',
      fileOf(`{"a":${entry('F32', [1.5], [0, 4])}}`),
      'tensor "a": expected whole numbers of at least 1 as the shape, got [1.5]',
    ],
    [
      'a long shape, shortened',
      fileOf(`{"a":${entry('F32', new Array(100).fill(0), [0, 4])}}`),
      `tensor "a": expected whole numbers of at least 1 as the shape, got [${'0,'.repeat(39)}0…`,
    ],
    [
      'a negative offset',
      fileOf(`{"a":${entry('F32', [1], [-4, 0])}}`),
      'tensor "a": expected data_offsets [begin, end], got [-4,0]',
    ],
    [
      'three offsets',
      fileOf(`{"a":${entry('F32', [1], [0, 4, 8])}}`),
      'tensor "a": expected data_offsets [begin, end], got [0,4,8]',
    ],
    [
      'a range of another size',
      fileOf(`{"a":${entry('F32', [2, 3], [0, 20])}}`),
      'tensor "a": expected 24 bytes for F32 [2,3], got 20; export the file again',
    ],
    [
      'a shape beyond all whole numbers',
      fileOf(`{"a":${entry('F32', [2 ** 40, 2 ** 40], [0, 0])}}`),
      'tensor "a": expected 4.835703278458517e+24 bytes for F32 [1099511627776,1099511627776], got 0; export the file again',
    ],
    [
      'an overlap',
      fileOf(`{"a":${scalar},"b":${entry('F32', [], [2, 6])}}`, [0, 0, 0, 0, 0, 0]),
      'tensor "b": expected its data to begin at 4, where the one before ends, got 2: an overlap; export the file again',
    ],
    [
      'a hole',
      fileOf(`{"b":${entry('F32', [], [5, 9])},"a":${scalar}}`, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
      'tensor "b": expected its data to begin at 4, where the one before ends, got 5: a hole; export the file again',
    ],
    [
      'missing data',
      fileOf(`{"a":${scalar}}`, [0, 0, 0]),
      'expected 4 bytes of data, got 3: the file is cut short; fetch it again',
    ],
    [
      'bytes behind the data',
      fileOf(`{"a":${scalar}}`, [0, 0, 0, 0, 0]),
      'expected 4 bytes of data, got 5: the file goes on behind the last tensor; fetch it again',
    ],
  ];
  test.each(cases)('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'm.safetensors')).toThrow(new FormatError(`m.safetensors: ${message}`));
  });
});
