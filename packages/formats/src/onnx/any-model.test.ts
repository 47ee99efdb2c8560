import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeOnnx } from './decoder';
import { encodeOnnx } from './encoder';
import { elementTypes, type OnnxAttribute, type OnnxElementType, type OnnxModel, type OnnxTensor } from './model';

const anyText = fc.string({ unit: 'grapheme', maxLength: 6 });
const anyWhole = fc.maxSafeInteger();
const anySingle = fc.float();
const anyTensor: fc.Arbitrary<OnnxTensor> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    fc.integer({ min: 0, max: 2 }),
    fc.infiniteStream(fc.maxSafeInteger()),
  )
  .map(([shape, kind, numbers]) => {
    const some = [...numbers.take(shape.reduce((product, extent) => product * extent, 1))];
    if (kind === 0) return { shape, data: Float32Array.from(some) };
    return { shape, data: kind === 1 ? Float64Array.from(some) : BigInt64Array.from(some, BigInt) };
  });
const anyAttribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.record({ type: fc.constant('float' as const), value: anySingle }),
  fc.record({ type: fc.constant('int' as const), value: anyWhole }),
  fc.record({ type: fc.constant('string' as const), value: anyText }),
  fc.record({ type: fc.constant('floats' as const), value: fc.array(anySingle) }),
  fc.record({ type: fc.constant('ints' as const), value: fc.array(anyWhole) }),
  fc.record({ type: fc.constant('strings' as const), value: fc.array(anyText) }),
  fc.record({ type: fc.constant('tensor' as const), value: anyTensor }),
);
const anyType = fc.constantFrom(...(Object.keys(elementTypes) as OnnxElementType[]));
const anyShape = fc.array(fc.oneof(fc.nat(), anyText), { maxLength: 4 });

/** Values are named by their number, so that no two are the same. */
const anyModel: fc.Arbitrary<OnnxModel> = fc
  .record({
    header: fc.record({
      irVersion: fc.nat(),
      opset: fc.integer({ min: 1, max: 40 }),
      producer: fc.record({ name: anyText, version: anyText }),
    }),
    metadata: fc.dictionary(anyText, anyText, { maxKeys: 3 }),
    name: anyText,
    types: fc.array(fc.tuple(anyType, fc.option(anyShape)), { minLength: 1, maxLength: 3 }),
    tensors: fc.array(anyTensor, { maxLength: 3 }),
    nodes: fc.array(
      fc.record({
        name: anyText,
        operator: fc.string({ minLength: 1 }),
        domain: fc.constantFrom('', 'com.example'),
        inputs: fc.array(anyText, { maxLength: 3 }),
        attributes: fc.array(fc.tuple(anyText, anyAttribute), { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ header, metadata, name, types, tensors, nodes }) => {
    const inputs = types.map(([elementType, shape], k) => ({
      name: `x${k}`,
      elementType,
      ...(shape === null ? {} : { shape }),
    }));
    return {
      ...header,
      metadata,
      graph: {
        name,
        inputs,
        outputs: inputs,
        nodes: nodes.map((node, k) => ({ ...node, outputs: [`y${k}`, ''], attributes: new Map(node.attributes) })),
        initializers: new Map(tensors.map((tensor, k) => [`w${k}`, tensor])),
      },
    };
  });

test('any model comes back, wherever the bytes lie', () => {
  fc.assert(
    fc.property(anyModel, fc.integer({ min: 0, max: 9 }), (model, offset) => {
      const bytes = encodeOnnx(model);
      const moved = new Uint8Array(bytes.length + offset + 3);
      moved.set(bytes, offset);
      const { metadata, ...rest } = decodeOnnx(moved.subarray(offset, offset + bytes.length));
      const { metadata: given, ...expected } = model;
      expect(rest).toEqual(expected);
      expect(Object.entries(metadata)).toEqual(Object.entries(given));
    }),
    { seed: 1, numRuns: 500 },
  );
});
