import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error';
import { ProtobufMessage } from '../protobuf/protobuf-reader';
import { encodeEvents, type ScalarEvent } from './events';
import { crc32c, tfRecord } from './tf-record';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('CRC-32C', () => {
  // RFC 3720, B.4: 32 bytes of zeros, of ones, going up and going down; and the check value of the catalogs.
  test.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
    [new TextEncoder().encode('123456789'), 0xe3069283],
  ])('case %#', (bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });
});

test('a record has its length, the data, and the masked checksum of each', () => {
  // As the RecordWriter of TensorBoard 2.21 writes it.
  const data = Uint8Array.of(0x1a, 13, ...new TextEncoder().encode('brain.Event:2'));
  expect(hex(tfRecord(data))).toBe('0f000000000000006d532b091a0d627261696e2e4576656e743a32fc985129');
});

const events: readonly ScalarEvent[] = [
  { wallTime: 1735689600.5, step: 938, scalars: { 'loss/train': 0.25, 'accuracy/train': 0.5 } },
  { wallTime: 1735689601, step: 1876, scalars: { 'loss/train': -0.125 } },
];

/** The messages of a file. */
function messagesOf(bytes: Uint8Array): ProtobufMessage[] {
  const view = new DataView(bytes.buffer);
  const messages: ProtobufMessage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const record = bytes.subarray(at, at + length + 16);
    expect(hex(record)).toBe(hex(tfRecord(record.subarray(12, -4))));
    messages.push(ProtobufMessage.of(record.subarray(12, -4), 'event'));
    at += record.length;
  }
  return messages;
}

test('events are read as they were written, after the version of the file', () => {
  const [version, ...read] = messagesOf(encodeEvents(events));
  expect([version.text(3), [...version.float64s(1)]]).toEqual(['brain.Event:2', [1735689600.5]]);
  const back = read.map((event) => ({
    wallTime: event.float64s(1)[0],
    step: event.integer(2),
    scalars: Object.fromEntries(
      event
        .message(5)
        ?.messages(1)
        .map((value) => [value.text(1), value.float32s(2)[0]]) ?? [],
    ),
  }));
  expect(back).toEqual(events);
});

test('a file of more events begins with one of fewer; one of none is empty', () => {
  expect(hex(encodeEvents(events)).startsWith(hex(encodeEvents(events.slice(0, 1))))).toBe(true);
  expect(encodeEvents([])).toHaveLength(0);
});

test('a tag that is no text is refused', () => {
  expect(() => encodeEvents([{ wallTime: 0, step: 0, scalars: { '\ud800': 1 } }])).toThrow(FormatError);
});
