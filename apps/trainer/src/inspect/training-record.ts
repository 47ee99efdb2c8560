/** How a model was trained, as its file tells it: whatever was recorded, in words. */
import { flow } from '@longhand/rendering';

/**
 * A line for each entry of the record; longer ones go on in the next.
 *
 * @param width columns there are
 */
export function trainingRecord(record: Readonly<Record<string, unknown>>, width: number): readonly string[] {
  const entries = Object.entries(record).map(([key, value]) => [words(key), value] as const);
  if (entries.length === 0) return ['the file does not tell'];
  const nameWidth = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => {
    const [first = '', ...others] = partsOf(value);
    return flow([`${name.padEnd(nameWidth)}  ${first}`, ...others], width);
  });
}

/** Text from a file, without what would move the cursor. */
export function printable(text: string): string {
  return text.replace(/\p{Control}/gu, '�');
}

/** A value in parts that may stand on lines of their own: a rule with its options, a list, a number. */
function partsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [value.map((entry) => partsOf(entry).join(' ')).join(', ')];
  if (typeof value !== 'object' || value === null) return [printable(String(value))];
  return Object.entries(value).map(([key, part]) => {
    const text = partsOf(part).join(' ');
    return key === 'kind' ? text : `${words(key)} ${text}`;
  });
}

/** `batchSize` as `batch size`. */
function words(key: string): string {
  return printable(key.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
}
