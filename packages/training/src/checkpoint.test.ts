/** Checkpoints come back as they were; anything else is refused with its reason. */
import { writeSafetensors } from '@longhand/formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Checkpoint, CheckpointError, decodeCheckpoint, encodeCheckpoint } from './checkpoint';

const floats = (length: number) =>
  fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: length, maxLength: length })
    .map((list) => Float32Array.from(list));
const place = {
  steps: fc.nat(),
  lossSum: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  correct: fc.nat(),
};
const checkpoints: fc.Arbitrary<Checkpoint> = fc.integer({ min: 1, max: 40 }).chain((length) =>
  fc.record({
    state: fc.record(
      {
        ...place,
        values: floats(length),
        average: floats(length),
        slots: fc.dictionary(fc.stringMatching(/^[a-zA-Z.]{1,12}$/), floats(length)),
      },
      { requiredKeys: ['steps', 'lossSum', 'correct', 'values', 'slots'] },
    ),
    record: fc
      .dictionary(fc.stringMatching(/^[a-z]{1,12}$/), fc.jsonValue())
      .map((record) => JSON.parse(JSON.stringify(record))),
  }),
) as fc.Arbitrary<Checkpoint>;

test('a checkpoint comes back to the last bit', () => {
  fc.assert(
    fc.property(checkpoints, (checkpoint) => {
      expect(decodeCheckpoint(encodeCheckpoint(checkpoint), 'checkpoint')).toEqual(checkpoint);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('every flipped bit is found', () => {
  const state = { steps: 3, lossSum: 2.5, correct: 4, values: Float32Array.of(0.5, -1), slots: {} };
  const bytes = encodeCheckpoint({ state, record: { note: '"longhand-checksum":"00000000' } });
  expect(decodeCheckpoint(bytes, 'a').state).toEqual(state);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    expect(() => decodeCheckpoint(flipped, 'a'), `bit ${bit}`).toThrow(/^a: [^\n]+$/);
  }
});

describe('anything else is refused', () => {
  const values = { dtype: 'float32' as const, shape: [1], data: Float32Array.of(1) };
  const good = { version: 1, place: { steps: 1, lossSum: 0, correct: 0 }, record: {} };
  const fileOf = (content: unknown, tensors = new Map([['values', values]])): Uint8Array =>
    writeSafetensors({ tensors, metadata: { 'longhand-checkpoint': JSON.stringify(content) } });

  test('the unchanged file is a checkpoint', () => {
    expect(decodeCheckpoint(fileOf(good), 'a').state.values).toEqual(values.data);
  });

  test.each<[string, Uint8Array, string]>([
    ['no safetensors', Uint8Array.of(1, 2), 'a: '],
    [
      'a model',
      writeSafetensors({ tensors: new Map(), metadata: {} }),
      'a: expected a checkpoint of a run, got a safetensors file of something else',
    ],
    [
      'another version',
      fileOf({ ...good, version: 3 }),
      'a: expected a checkpoint of version 2, got another or a damaged one',
    ],
    [
      'no progress',
      fileOf({ ...good, place: 5 }),
      'a: expected a checkpoint of version 2, got another or a damaged one',
    ],
    [
      'a negative number of steps',
      fileOf({ ...good, place: { steps: -1, lossSum: 0, correct: 0 } }),
      "a: expected a whole number of at least 0 as 'steps', got -1",
    ],
    [
      'half a step',
      fileOf({ ...good, place: { steps: 1.5, lossSum: 0, correct: 0 } }),
      "a: expected a whole number of at least 0 as 'steps', got 1.5",
    ],
    [
      'a weight that is no number',
      fileOf(good, new Map([['values', { ...values, data: Float32Array.of(Number.NaN) }]])),
      "a: expected numbers in 'values', got NaN or infinity",
    ],
    [
      'no checksum',
      fileOf({ ...good, version: 2 }),
      'a: expected the bytes that were written, got others: the file is damaged',
    ],
    [
      'no loss',
      fileOf({ ...good, place: { steps: 1, correct: 0 } }),
      "a: expected a number of at least 0 as 'lossSum', got none",
    ],
    ['no weights', fileOf(good, new Map()), "a: expected a tensor 'values', got none"],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes, 'a')).toThrow(message);
  });
});

describe('what could not be read again is not written', () => {
  const state = { steps: 1, lossSum: 2, correct: 3, values: new Float32Array(2), slots: {} };

  test.each<[object, string]>([
    [{ state: { ...state, lossSum: Number.NaN } }, "state: expected a number of at least 0 as 'lossSum', got NaN"],
    [{ state: { ...state, steps: 1.5 } }, "state: expected a whole number of at least 0 as 'steps', got 1.5"],
    [{ state: undefined }, 'state: expected an object, got none'],
    [{ record: [1] }, "expected an object as 'record', got [1]"],
  ])('%o', (change, message) => {
    expect(() => encodeCheckpoint({ state, record: {}, ...change })).toThrow(
      new CheckpointError(`encodeCheckpoint: ${message}`).message,
    );
  });

  test('arrays that are no floats, or empty', () => {
    const values = [1, 2] as never;
    expect(() => encodeCheckpoint({ state: { ...state, values }, record: {} })).toThrow(
      'tensor "values": expected its numbers as a Float32Array or a Float64Array, got an Array',
    );
    expect(() => encodeCheckpoint({ state: { ...state, values: new Float32Array() }, record: {} })).toThrow(
      'tensor "values": expected at least one number',
    );
  });
});
