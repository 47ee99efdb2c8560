/**
 * Real files, damaged: cut, with bytes changed, with lengths made huge, with pieces doubled or moved. Reading gives a
 * FormatError on one line or a network that holds together. LONGHAND_FAULTS=100000 tries more of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onnxFile, onnxFiles } from '../../fixtures/onnx-files';
import { FormatError } from '../format-error';
import { decodeOnnx } from './decoder';
import { outputShape } from './layer';
import { layersOfOnnx } from './layers-from-onnx';

const numRuns = Number(process.env.LONGHAND_FAULTS ?? 2000);
const folder = new URL('../../fixtures/exporters/', import.meta.url);
const exported = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
const files = [
  ...onnxFiles.map(onnxFile),
  ...exported.map((name) => new Uint8Array(readFileSync(new URL(name, folder)))),
];
const external = (): Uint8Array => new Uint8Array(readFileSync(new URL('pytorch.onnx.data', folder)));
const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Kinds of damage; positions are fractions of the file's length. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: position }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: position, bit: fc.nat({ max: 7 }) }) },
  fc.record({ kind: fc.constant('set' as const), at: position, value: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('length' as const), at: position, value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('copy' as const), at: position, from: position, length: fc.nat({ max: 300 }) }),
);
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

function damaged(bytes: Uint8Array, change: Damage): Uint8Array {
  const at = Math.floor(change.at * bytes.length);
  switch (change.kind) {
    case 'cut':
      return bytes.slice(0, at);
    case 'flip':
    case 'set': {
      const changed = bytes.slice();
      if (changed.length > 0) changed[at] = change.kind === 'set' ? change.value : changed[at] ^ (1 << change.bit);
      return changed;
    }
    case 'length':
      return spliced(bytes, at, varint(change.value), 1);
    case 'copy': {
      const from = Math.floor(change.from * bytes.length);
      return spliced(bytes, at, bytes.subarray(from, from + change.length), 0);
    }
  }
}

function spliced(bytes: Uint8Array, at: number, piece: Uint8Array, instead: number): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, at), ...piece, ...bytes.subarray(at + instead));
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.of(...bytes, Number(rest));
    bytes.push(Number(rest % 128n) + 128);
  }
}

/** Most of the bytes of the larger files are weights, where hardly any damage can be seen. */
const anyDamagedFile = fc
  .tuple(fc.constantFrom(...files), fc.boolean(), fc.array(damage, { minLength: 1, maxLength: 2 }))
  .map(([file, atTheEnds, changes]) =>
    changes.reduce((bytes, change) => {
      const near = change.at < 0.5 ? change.at / 10 : 1 - (1 - change.at) / 10;
      return damaged(bytes, atTheEnds ? { ...change, at: near } : change);
    }, file),
  );

test('damaged files give a FormatError on one line, or a network that holds together', () => {
  let refused = 0;
  let read = 0;
  fc.assert(
    fc.property(anyDamagedFile, (bytes) => {
      try {
        const model = decodeOnnx(bytes, 'damaged', { external });
        read++;
        const { inputShape, layers } = layersOfOnnx(model, 'damaged');
        let shape = inputShape;
        for (const layer of layers) shape = outputShape(layer, shape, 'damaged');
        expect(shape.every((extent) => extent >= 1)).toBe(true);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        refused++;
        expect(error.message).toMatch(/^damaged: [^\n]{1,600}$/);
      }
    }),
    { seed: 1, numRuns },
  );
  expect(refused).toBeGreaterThan(numRuns / 4);
  expect(read).toBeGreaterThan(numRuns / 10);
});

test.each([
  ['nodes', 0x0a, 2],
  ['initializers', 0x2a, 2],
  ['inputs', 0x5a, 2],
])('a file of nothing but empty %s costs little', (_, tag, size) => {
  const messages = 2 ** 20;
  const graph = new Uint8Array(messages * size);
  for (let k = 0; k < graph.length; k += size) graph[k] = tag;
  const opset = [0x42, 2, 0x10, 17];
  const bytes = new Uint8Array([...opset, 0x3a, ...varint(BigInt(graph.length))].length + graph.length);
  bytes.set([...opset, 0x3a, ...varint(BigInt(graph.length))]);
  bytes.set(graph, bytes.length - graph.length);
  const before = process.memoryUsage().heapUsed;
  expect(() => decodeOnnx(bytes)).toThrow(FormatError);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
});
