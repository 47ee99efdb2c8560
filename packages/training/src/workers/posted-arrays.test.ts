/** Messages to workers: arrays come as they were, and take no more than their own bytes along. */
import { expect, test } from 'vitest';
import { withArrays, withBuffers } from './posted-arrays';

/** What arrives at a worker. */
function arrived(given: unknown): { readonly message: unknown; readonly bytes: number } {
  const { message, cut } = withBuffers(given);
  const clone = structuredClone(message, { transfer: [...cut] });
  const buffers = new Set<ArrayBufferLike>();
  JSON.stringify(clone, (_, value) => {
    if (value instanceof ArrayBuffer) buffers.add(value);
    return value;
  });
  return { message: withArrays(clone), bytes: [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0) };
}

const images = Uint8Array.from({ length: 1000 }, (_, at) => at % 256);

test('arrays of any kind come as they were, wherever they are', () => {
  const given = {
    images,
    labels: Uint16Array.from([1, 300]),
    list: [new Float64Array([0.5, -1]), new Int32Array(2), new Uint32Array([2 ** 31])],
    options: { kind: 'relu', view: 'none', length: 3, nothing: null, missing: undefined },
  };
  expect(arrived(given).message).toEqual(given);
  expect(arrived({ images: Buffer.from([1, 2, 3]) }).message).toEqual({ images: Uint8Array.from([1, 2, 3]) });
});

test('a part of a buffer takes nothing else along, and stays where it is', () => {
  const part = images.subarray(100, 150);
  const floats = new Float32Array(64).fill(2).subarray(8, 12);
  const { message, bytes } = arrived({ part, floats, all: images });
  expect(message).toEqual({ part, floats, all: images });
  expect(bytes).toBe(50 + 16 + 1000);
  expect([part[0], images.length]).toEqual([100, 1000]);
});

test('shared memory stays shared', () => {
  const shared = new Float32Array(new SharedArrayBuffer(64), 16, 4);
  const { message } = arrived({ shared }) as { message: { shared: Float32Array } };
  message.shared[1] = 7;
  expect([shared[1], message.shared.byteOffset]).toEqual([7, 16]);
});
