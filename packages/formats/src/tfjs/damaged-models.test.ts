/**
 * Models of TensorFlow.js, damaged: values of the JSON exchanged for others, keys lost, bytes of a zip changed. Reading gives a FormatError
 * on one line or a network that holds together. LONGHAND_FAULTS=100000 tries more of them.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { FormatError } from '../format-error';
import { outputShape } from '../onnx/layer';
import { layersOfOnnx } from '../onnx/layers-from-onnx';
import { decodeTfjs } from './tfjs-model';

const numRuns = Number(process.env.LONGHAND_FAULTS ?? 1000);
const folder = new URL('../../fixtures/tfjs/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const names = ['sequence.json', 'branches.json', 'nested.json', 'quantized.json', 'artifacts.json'];
const texts = names.map((name) => new TextDecoder().decode(bytesOf(name)));
const shards = Object.fromEntries(
  ['sequence-shard1of2.bin', 'sequence-shard2of2.bin'].map((name) => [name, bytesOf(name)]),
);
const zip = zipSync({ 'model.json': bytesOf('sequence.json'), ...shards });

/** The folder, with nothing but the shards. */
function external(path: string): Uint8Array {
  const name = path.replace(/^\.\//, '');
  if (!/^[\w-]+\.bin$/.test(name)) throw new FormatError('damaged: expected a shard, got another name');
  try {
    return bytesOf(name);
  } catch {
    throw new FormatError('damaged: expected a shard, got none');
  }
}

const hostile = fc.constantFrom<unknown>(
  ...[
    null,
    -1,
    0,
    1,
    1e9,
    2 ** 31,
    2 ** 53,
    1e308,
    0.5,
    '',
    'same',
    'Sequential',
    'conv2d_Conv2D1',
    true,
    [],
    [[]],
    {},
  ],
  ...[[1, 1], [2 ** 40, 2 ** 40], [null, 28, 28], ['input_1', 0, 0], { class_name: 'Add', config: {} }],
);

/** The value with one of its parts exchanged for another value, one of its own parts, or lost. */
function exchanged(value: unknown, pick: (count: number) => number, other: unknown): unknown {
  const parts: [owner: Record<string, unknown>, key: string][] = [];
  const walk = (owner: unknown): void => {
    if (typeof owner !== 'object' || owner === null) return;
    for (const [key, part] of Object.entries(owner)) {
      parts.push([owner as Record<string, unknown>, key]);
      walk(part);
    }
  };
  walk(value);
  const [owner, key] = parts[pick(parts.length)];
  const [from, source] = parts[pick(parts.length)];
  switch (pick(4)) {
    case 0:
      if (Array.isArray(owner)) owner.splice(Number(key), 1);
      else delete owner[key];
      break;
    case 1:
      owner[key] = structuredClone(from[source]);
      break;
    default:
      owner[key] = other;
  }
  return value;
}

const damagedText = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(fc.tuple(fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), hostile), { minLength: 1, maxLength: 2 }),
  )
  .map(([text, changes]) => {
    let json: unknown = JSON.parse(text);
    for (const [numbers, other] of changes) {
      const left = [...numbers];
      json = exchanged(json, (count) => (left.shift() ?? 0) % Math.max(1, count), other);
    }
    return new TextEncoder().encode(JSON.stringify(json));
  });

const damagedZip = fc
  .array(fc.tuple(fc.nat({ max: 9999 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((changes) => {
    const bytes = zip.slice();
    for (const [position, value] of changes) bytes[Math.floor((position / 10_000) * bytes.length)] = value;
    return bytes;
  });

test('damaged models give a FormatError on one line, or a network that holds together', () => {
  const counts = { refused: 0, read: 0 };
  fc.assert(
    fc.property(fc.oneof(damagedText, damagedZip), (bytes) => {
      try {
        const { inputShape, layers } = layersOfOnnx(decodeTfjs(bytes, 'damaged', { external }), 'damaged');
        let shape = inputShape;
        for (const layer of layers) shape = outputShape(layer, shape, 'damaged');
        expect(shape.every((extent) => extent >= 1)).toBe(true);
        counts.read++;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        counts.refused++;
        expect(error.message).toMatch(/^damaged: [^\n]{1,1200}$/);
      }
    }),
    { seed: 1, numRuns },
  );
  expect(counts.refused).toBeGreaterThan(numRuns / 4);
  expect(counts.read).toBeGreaterThan(numRuns / 10);
});
