/** Comma-separated values (RFC 4180). */

/** A row of a table, with the end of its line. */
export function csvRow(values: readonly (string | number | boolean)[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/** A field, in quotes where it would not be read as one without. */
function field(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
