/** What the columns of a table of pixels are, by its first lines. */

/** The columns of a table. Those that are neither pixels nor labels are left out. */
export interface TableColumns {
  /** The code of the character between fields; 32 stands for any number of spaces and tabs. */
  readonly separator: number;
  /** Whether the first line has the names of columns. */
  readonly hasHeader: boolean;
  readonly count: number;
  /** The first column of pixels, and how many follow each other. */
  readonly pixelsFrom: number;
  readonly pixels: number;
  /** Where the label is; several columns are one-hot. Absent for images without labels. */
  readonly label?: { readonly from: number; readonly count: number };
}

/** Fewer pixels are no image. */
const LEAST_PIXELS = 16;
const labelNames = /^(labels?|class(es)?|target|digit|letter|character|y)$/i;
const indexNames = /^(|id|index|unnamed: ?\d+|image_?id)$/i;

/**
 * The columns by the first lines of a text; undefined when it is no table of pixels.
 *
 * @example columnsIn('label,pixel0,…,pixel783\n7,0,…') // { hasHeader: true, label: { from: 0, count: 1 }, pixelsFrom: 1, pixels: 784, … }
 */
export function columnsIn(text: string): TableColumns | undefined {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1) || text;
  const lines = whole.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const [first] = lines;
  if (first === undefined) return undefined;
  const separator = [',', ';', '\t', ' '].find((mark) => first.trim().includes(mark));
  if (separator === undefined) return undefined;
  const code = separator === '\t' ? 32 : separator.charCodeAt(0);
  const rows = lines.slice(0, 100).map((line) => fieldsIn(line, code));
  const hasHeader = rows[0].filter((field) => !isNumber(field)).length > 1;
  const names = hasHeader ? rows[0] : undefined;
  const count = rows[0].length;
  // A row that is cut is refused later, by its line.
  const values = (hasHeader ? rows.slice(1) : rows).filter((row) => row.length === count);
  if (values.length === 0 || values.length < rows.length / 2) return undefined;
  const found = names === undefined ? byValues(values, count) : byNames(names);
  return found && { separator: code, hasHeader, count, ...found };
}

function fieldsIn(line: string, separator: number): readonly string[] {
  const fields = separator === 32 ? line.trim().split(/[ \t]+/) : line.split(String.fromCharCode(separator));
  return fields.map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
}

function isNumber(field: string): boolean {
  return field !== '' && Number.isFinite(Number(field));
}

type Found = Pick<TableColumns, 'pixelsFrom' | 'pixels' | 'label'>;

function byNames(names: readonly string[]): Found | undefined {
  const isPixel = names.map((name) => !labelNames.test(name) && !indexNames.test(name));
  const from = isPixel.indexOf(true);
  const pixels = isPixel.filter(Boolean).length;
  if (from === -1 || !isImage(pixels) || !isPixel.slice(from, from + pixels).every(Boolean)) return undefined;
  const label = names.findIndex((name) => labelNames.test(name));
  return { pixelsFrom: from, pixels, ...(label !== -1 && { label: { from: label, count: 1 } }) };
}

function byValues(rows: readonly (readonly string[])[], count: number): Found | undefined {
  // The label's column varies, where that of a corner's pixel does not; images sorted by class have the label in front.
  const varies = (column: number): boolean => new Set(rows.map((row) => row[column])).size > 1;
  const isLabel = (column: number): boolean =>
    rows.every((row) => !isNumber(row[column]) || (Number.isInteger(Number(row[column])) && Number(row[column]) >= 0));
  const isOneHot = (from: number, columns: number): boolean =>
    rows.every((row) => {
      const hot = row.slice(from, from + columns).map(Number);
      return hot.every((value) => value === 0 || value === 1) && hot.filter((value) => value === 1).length === 1;
    });
  if (isImage(count - 1)) {
    const isLast = (!varies(0) && varies(count - 1) && isLabel(count - 1)) || !isLabel(0);
    if (isLast && !isLabel(count - 1)) return undefined;
    return { pixelsFrom: isLast ? 0 : 1, pixels: count - 1, label: { from: isLast ? count - 1 : 0, count: 1 } };
  }
  for (let columns = 2; columns <= 100 && count - columns >= LEAST_PIXELS; columns++) {
    if (isImage(count - columns) && isOneHot(count - columns, columns)) {
      return { pixelsFrom: 0, pixels: count - columns, label: { from: count - columns, count: columns } };
    }
  }
  return isImage(count) ? { pixelsFrom: 0, pixels: count } : undefined;
}

/** Whether so many pixels make a square image, gray or in color. */
function isImage(pixels: number): boolean {
  return pixels >= LEAST_PIXELS && [1, 3].some((channels) => Number.isInteger(Math.sqrt(pixels / channels)));
}
