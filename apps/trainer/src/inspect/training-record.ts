/** How a model was trained, as its file tells it: whatever was recorded, in words. */
import { flow } from '@longhand/rendering';
import { settingName, settingNumber } from '../command/setting-text';

/**
 * A line for each entry of the record; longer ones go on in the next, under their value.
 *
 * @param width columns there are
 */
export function trainingRecord(record: Readonly<Record<string, unknown>>, width: number): readonly string[] {
  const entries = Object.entries(record).map(([key, value]) => [words(key), partsOf(key, value)] as const);
  if (entries.length === 0) return ['the file does not tell'];
  const nameWidth = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, [first = '', ...others]]) =>
    flow([`${name.padEnd(nameWidth)}  ${first}`, ...others], width, nameWidth + 2),
  );
}

/** Text from a file, without what would move the cursor. */
export function printable(text: string): string {
  return text.replace(/\p{Control}/gu, '�');
}

/** A value in parts that may stand on lines of their own: a rule with its options, a list, a number. */
function partsOf(key: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return [value.map((entry) => partsOf(key, entry).join(' ')).join(', ')];
  if (typeof value === 'number') return [settingNumber(key, value)];
  if (typeof value !== 'object' || value === null) return [printable(String(value))];
  return Object.entries(value).map(([name, part]) => {
    const text = partsOf(name, part).join(' ');
    return name === 'kind' ? text : `${words(name)} ${text}`;
  });
}

function words(key: string): string {
  return printable(settingName(key));
}
