/** Labels as files have them made into class indices: the first class is 0, whatever its label is, and every class has a name. */
import { checkClassNames } from '../class-names';
import { DatasetError } from '../dataset-error';
import { type LabelArray, labelArray } from '../labels';
import type { RawData, RawLabels, RawPart } from './raw-data';

/** The classes of a data set. */
export interface LabeledClasses {
  readonly names: readonly string[];
  /** The file that they are from; undefined for the labels themselves. */
  readonly namesFile: string | undefined;
  /** The label of class 0. */
  readonly firstLabel: number;
  /** The class indices of each part. */
  readonly labels: readonly LabelArray[];
  readonly notes: readonly string[];
}

/** Names that a file lists, in the order of the labels. */
export interface ListedNames {
  readonly file: string;
  readonly names: readonly string[];
}

/** More classes than anybody has are no classes. */
const MOST_CLASSES = 65536;

/**
 * The classes of labeled parts.
 *
 * @param listed the names of a `classes.txt`, which come first
 * @throws DatasetError when there are not as many names as classes
 */
export function classesOfLabels(
  raw: Pick<RawData, 'names' | 'namesFile' | 'name'>,
  parts: readonly RawPart[],
  listed: ListedNames | undefined,
): LabeledClasses {
  const columns = parts.map(({ labels }) => labels as RawLabels);
  if (columns.some(({ kind }) => kind === 'names')) return byNames(parts, columns, listed);
  return byNumbers(raw, parts, columns, listed);
}

/** Classes that are texts or folders, in the order of their names; numbers among them by their value. */
function byNames(
  parts: readonly RawPart[],
  columns: readonly RawLabels[],
  listed: ListedNames | undefined,
): LabeledClasses {
  const of = (column: RawLabels, where: string): readonly string[] => {
    if (column.kind === 'names') return column.names;
    throw new DatasetError(`${where}: expected classes with names, as in the other part, got numbers`);
  };
  const found = [...new Set(parts.flatMap(({ where }, at) => of(columns[at], where)))].sort(inOrder);
  checkCount(found.length, parts[0].where);
  const names = listed === undefined ? found : listed.names;
  if (listed !== undefined) {
    checkNames(listed.file, names, { count: names.length, first: 0, where: parts[0].where });
    const missing = found.find((name) => !names.includes(name));
    if (missing !== undefined) {
      throw new DatasetError(`${listed.file}: expected the names of all classes, got none for '${missing}'`);
    }
  }
  const position = new Map(names.map((name, at) => [name, at]));
  const labels = columns.map((column, part) => {
    const classOf = of(column, parts[part].where).map((name) => position.get(name) ?? 0);
    const indices = labelArray(names.length, column.values.length);
    for (let at = 0; at < indices.length; at++) indices[at] = classOf[column.values[at]];
    return indices;
  });
  return { names, namesFile: listed?.file, firstLabel: 0, labels, notes: [] };
}

/** Numbers by their value, then texts by code units. */
function inOrder(one: string, other: string): number {
  const [first, second] = [one, other].map((name) => (/^\d+$/.test(name) ? Number(name) : Number.POSITIVE_INFINITY));
  if (first !== second) return first - second;
  return one < other ? -1 : 1;
}

function byNumbers(
  { names: known, namesFile, name }: Pick<RawData, 'names' | 'namesFile' | 'name'>,
  parts: readonly RawPart[],
  columns: readonly RawLabels[],
  listed: ListedNames | undefined,
): LabeledClasses {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { values } of columns) {
    for (let at = 0; at < values.length; at++) {
      least = Math.min(least, values[at]);
      most = Math.max(most, values[at]);
    }
  }
  const { where } = parts[0];
  // A list of names counts from 0, or from the first label.
  const given = listed?.names.length;
  const counts = known === undefined ? most + 1 : Math.max(most, ...known.keys()) + 1;
  const startsAtZero = known === undefined ? given === most + 1 : Math.min(...known.keys()) === 0;
  // Labels count from 0 or from 1; those of a part of the classes keep their places.
  const first = startsAtZero || Math.min(least, ...(known?.keys() ?? [])) !== 1 ? 0 : 1;
  const count = given !== undefined && listed !== undefined ? Math.max(given, counts - first) : counts - first;
  checkCount(count, where);
  if (listed !== undefined) checkNames(listed.file, listed.names, { count, first, where: name });
  const isLetters = known === undefined && first === 1 && count <= 26 && /letter/i.test(`${name} ${where}`);
  const nameOf = (label: number): string =>
    listed?.names[label - first] ?? known?.get(label) ?? (isLetters ? String.fromCharCode(64 + label) : String(label));
  if (known !== undefined && listed === undefined && most > Math.max(...known.keys())) {
    throw new DatasetError(
      `${namesFile ?? where}: expected a name for label ${most}, got none; check labels and names`,
    );
  }
  const names = Array.from({ length: count }, (_, at) => nameOf(first + at));
  if (listed === undefined) checkNames(namesFile ?? where, names, { count, first, where: name });
  const labels = columns.map(({ values }) => {
    const indices = labelArray(count, values.length);
    for (let at = 0; at < indices.length; at++) indices[at] = values[at] - first;
    return indices;
  });
  const notes = [
    ...(first > 0 ? [`labels from ${first} on${isLetters ? ', named A, B, … as letters are' : ''}`] : []),
    ...emptyNotes(labels, names),
  ];
  return { names, namesFile: listed?.file ?? namesFile, firstLabel: first, labels, notes };
}

/** Classes that no image has. */
function emptyNotes(labels: readonly LabelArray[], names: readonly string[]): readonly string[] {
  const isUsed = new Uint8Array(names.length);
  for (const part of labels) for (let at = 0; at < part.length; at++) isUsed[part[at]] = 1;
  const empty = names.filter((_, at) => isUsed[at] === 0);
  if (empty.length === 0) return [];
  const shown = empty.slice(0, 5).join(', ');
  return [`no image of ${empty.length === 1 ? 'class' : 'classes'} ${shown}${empty.length > 5 ? ', …' : ''}`];
}

function checkCount(count: number, where: string): void {
  if (count <= MOST_CLASSES) return;
  throw new DatasetError(
    `${where}: expected labels of at most ${MOST_CLASSES} classes, got up to ${count}; are they labels?`,
  );
}

function checkNames(
  file: string,
  names: readonly string[],
  { count, first, where }: { readonly count: number; readonly first: number; readonly where: string },
): void {
  checkClassNames(file, names, { name: where, classes: count, firstLabel: first });
}
