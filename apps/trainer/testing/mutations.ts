/** Files changed at random, from a seed: bytes anywhere, and values of the JSON that is a file or is within one. */
import type { Random } from '@longhand/tensor';

/** What a file is, beyond bytes. */
export type Structure = 'bytes' | 'json' | 'safetensors';

/** The bytes of a file with one to three changes. */
export function mutated(bytes: Uint8Array, structure: Structure, random: Random): Uint8Array {
  let result = bytes;
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    const change = structure === 'bytes' || random.integer(3) === 0 ? changedBytes : changers[structure];
    result = change(result, random);
  }
  return result;
}

const changers = { json: changedText, safetensors: changedHeader };

/** Cuts, flips, doubles or removes bytes, or makes lengths huge; more often near the beginning, where headers are. */
function changedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(Math.max(1, random.integer(2) === 0 ? bytes.length : Math.min(bytes.length, 600)));
  const length = 1 + random.integer(24);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.integer(6)) {
    case 0:
      return before;
    case 1:
      return joined(before, Uint8Array.of((after[0] ?? 0) ^ (1 << random.integer(8))), after.subarray(1));
    case 2:
      return joined(
        before,
        new Uint8Array(length).fill([0, 255, 0x39, 0x7b, 0x5b][random.integer(5)]),
        after.subarray(length),
      );
    case 3:
      return joined(before, after.subarray(0, 40 * length), after);
    case 4:
      return joined(before, after.subarray(length));
    default:
      return joined(
        before,
        Uint8Array.from({ length }, () => random.integer(256)),
        after.subarray(length),
      );
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** The JSON of a text with one value, key or list changed; other bytes where it is no JSON. */
function changedText(bytes: Uint8Array, random: Random): Uint8Array {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return new TextEncoder().encode(textOf(changedValue(value, random)));
  } catch {
    return changedBytes(bytes, random);
  }
}

/** The header of a safetensors file changed, with its length put right; often the JSON text within its metadata. */
function changedHeader(bytes: Uint8Array, random: Random): Uint8Array {
  const length = bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length === 0 || length > bytes.length - 8) return changedBytes(bytes, random);
  const text = bytes.subarray(8, 8 + length);
  let header = random.integer(3) === 0 ? changedText(text, random) : text;
  try {
    const value = JSON.parse(new TextDecoder().decode(text)) as { __metadata__?: Record<string, string> };
    const entries = Object.entries(value.__metadata__ ?? {}).filter(([, inner]) => inner.startsWith('{'));
    for (const [key, inner] of entries) {
      const changed = new TextDecoder().decode(changedText(new TextEncoder().encode(inner), random));
      header = new TextEncoder().encode(
        JSON.stringify({ ...value, __metadata__: { ...value.__metadata__, [key]: changed } }),
      );
    }
  } catch {
    // A header that an earlier change has spoiled.
  }
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined(size, header, bytes.subarray(8 + length));
}

/** A mark that becomes a number or nesting that `JSON.stringify` would not write. */
const raw: Readonly<Record<string, string>> = {
  '\u0000huge': '1e999',
  '\u0000deep': `${'['.repeat(3000)}${']'.repeat(3000)}`,
  '\u0000objects': `${'{"layers":['.repeat(500)}1${']}'.repeat(500)}`,
};

function textOf(value: unknown): string {
  return JSON.stringify(value).replace(/"\\u0000(huge|deep|objects)"/g, (_, name) => raw[`\u0000${name}`]);
}

const hostile: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 1e9, 2 ** 31, 2 ** 53, 1e300, 7, 300, 3000],
  ...['', 'relu', '\u001b[31m red\u001b[0m\r', '__proto__', 'constructor', 'x'.repeat(100_000), '\ud800', '\u202e'],
  ...[
    [],
    {},
    [1, 2, 3],
    [[[[[[]]]]]],
    { kind: 'relu' },
    { __proto__: null, toString: 1 },
    new Array(2000).fill('relu'),
  ],
  ...Object.keys(raw),
];

/** The value with one of its parts changed, removed, doubled or multiplied. */
function changedValue(value: unknown, random: Random): unknown {
  const isList = Array.isArray(value);
  if ((isList || (typeof value === 'object' && value !== null)) && random.integer(8) > 0) {
    const keys = Object.keys(value);
    if (keys.length === 0) return drawn(random);
    const key = keys[random.integer(keys.length)];
    const part = (value as Record<string, unknown>)[key];
    const copy: Record<string, unknown> | unknown[] = isList ? [...value] : { ...value };
    const put = (at: string | number, changed: unknown): void => {
      Object.defineProperty(copy, at, { value: changed, enumerable: true, configurable: true, writable: true });
    };
    switch (random.integer(8)) {
      case 0:
        if (isList) (copy as unknown[]).splice(Number(key), 1);
        else delete (copy as Record<string, unknown>)[key];
        return copy;
      case 1:
        if (isList) return Array.from({ length: 1 + random.integer(60) }, () => value).flat();
        put(String(drawn(random)).slice(0, 50), part);
        return copy;
      case 2:
        if (typeof part === 'number') put(key, part * [0.5, 2, 10, 100, 1000, -1][random.integer(6)]);
        return copy;
      default:
        put(key, changedValue(part, random));
        return copy;
    }
  }
  return drawn(random);
}

function drawn(random: Random): unknown {
  return hostile[random.integer(hostile.length)];
}
