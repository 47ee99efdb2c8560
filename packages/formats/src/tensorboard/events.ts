/**
 * Event files of TensorBoard: records of the message `Event`, after TensorFlow's `tensorflow/core/util/event.proto` and
 * `tensorflow/core/framework/summary.proto`. Scalars are `simple_value`, as PyTorch's SummaryWriter writes them.
 */
import { ProtobufWriter } from '../protobuf/protobuf-writer';
import { tfRecord } from './tf-record';

/** Some numbers at one moment of a run. */
export interface ScalarEvent {
  /** When it was, in seconds since 1970. */
  readonly wallTime: number;
  /** The step of the run, from 0. */
  readonly step: number;
  /** The numbers by their tags. Tags that begin alike up to a slash are shown together. They are stored as float32. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** The fields of each message, by their numbers. */
const fields = {
  event: { wallTime: 1, step: 2, fileVersion: 3, summary: 5 },
  summary: { value: 1 },
  value: { tag: 1, simpleValue: 2 },
} as const;

/**
 * The bytes of an event file, whose name has to contain `tfevents`. A file of more events begins with the bytes of one of fewer, so
 * events may be appended.
 *
 * @param events in their order
 * @throws FormatError when a tag is no well-formed text
 * @example encodeEvents([{ wallTime: 1735689600, step: 938, scalars: { 'loss/train': 0.3125 } }])
 */
export function encodeEvents(events: readonly ScalarEvent[]): Uint8Array<ArrayBuffer> {
  const [first] = events;
  if (first === undefined) return new Uint8Array();
  const version = message(first.wallTime).text(fields.event.fileVersion, 'brain.Event:2');
  const records = [version, ...events.map(messageOf)].map((event) => tfRecord(event.finish()));
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const record of records) {
    bytes.set(record, at);
    at += record.length;
  }
  return bytes;
}

function message(wallTime: number): ProtobufWriter {
  return new ProtobufWriter('encodeEvents').double(fields.event.wallTime, wallTime);
}

function messageOf({ wallTime, step, scalars }: ScalarEvent): ProtobufWriter {
  return message(wallTime)
    .integer(fields.event.step, step)
    .message(fields.event.summary, (summary) => {
      for (const [tag, value] of Object.entries(scalars)) {
        summary.message(fields.summary.value, (one) => {
          one.text(fields.value.tag, tag).float(fields.value.simpleValue, value);
        });
      }
    });
}
