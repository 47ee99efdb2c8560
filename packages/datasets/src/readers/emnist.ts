/**
 * EMNIST: six splits of characters, stored with rows and columns exchanged.
 *
 * Source: Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017.
 */
import { DatasetError } from '../dataset-error';

const digits = [...'0123456789'];
const capitals = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const small = [...'abcdefghijklmnopqrstuvwxyz'];
/** The small letters that have a class of their own where similar ones share that of the capital. */
const merged = [...'abdefghnqrt'];

/** The names of classes by label. Those of letters begin with 1. */
const splits: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  letters: new Map(capitals.map((name, at) => [at + 1, name])),
  digits: numbered(digits),
  mnist: numbered(digits),
  byclass: numbered([...digits, ...capitals, ...small]),
  bymerge: numbered([...digits, ...capitals, ...merged]),
  balanced: numbered([...digits, ...capitals, ...merged]),
};

function numbered(names: readonly string[]): ReadonlyMap<number, string> {
  return new Map(names.map((name, at) => [at, name]));
}

/** Whether a path or the name of a file says that it is EMNIST's. */
export function saysEmnist(text: string): boolean {
  return /emnist/i.test(text);
}

/**
 * The names of a split's classes, where a path names it.
 *
 * @example emnistNames('EMNIST/raw/emnist-letters')?.get(1) // 'A'
 */
export function emnistNames(path: string): ReadonlyMap<number, string> | undefined {
  if (!saysEmnist(path)) return undefined;
  const split = Object.keys(splits).find((name) => new RegExp(`(^|[^a-z])${name}([^a-z]|$)`, 'i').test(path));
  return split === undefined ? undefined : splits[split];
}

/**
 * The names in a mapping file of EMNIST's: in each line a label and the codes of its characters.
 *
 * @throws DatasetError when a line is something else
 * @example mappingNames('1 65 97\n2 66 98\n', 'emnist-letters-mapping.txt').get(2) // 'B'
 */
export function mappingNames(text: string, where: string): ReadonlyMap<number, string> {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line, at) => {
      const [label, code, ...others] = line.trim().split(/\s+/).map(Number);
      const valid = [label, code, ...others].every((number) => Number.isInteger(number) && number >= 0);
      if (!valid || code === undefined || code < 0x20 || code > 0x10ffff) {
        throw new DatasetError(
          `${where}: expected a label and the codes of its characters in line ${at + 1}, got '${line.slice(0, 40)}'`,
        );
      }
      return [label, String.fromCodePoint(code)];
    }),
  );
}
