/** A sum of products: each window of a map beside the numbers that it is multiplied with, and what they come to. */
import { valueText } from '@longhand/worked-examples';
import { Fragment } from 'preact';
import { Pixels, paintSigned } from '../ui/pixels';
import type { ProductPair, ProductSum, ProductWindow } from './cell-arithmetic';

export interface ProductWindowsProps {
  readonly products: ProductSum;
  /** What the two tables of a window are called. Default: `values` and `weights`. */
  readonly names?: readonly [values: string, factors: string];
}

export function ProductWindows({ products, names = ['values', 'weights'] }: ProductWindowsProps) {
  const { windows, added } = products;
  const pairs = windows.flatMap((window) => window.pairs.filter((pair) => pair !== undefined));
  const largest = (of: (pair: ProductPair) => number): number =>
    Math.max(...pairs.map((pair) => Math.abs(of(pair))), 0);
  const scales = [largest(({ value }) => value), largest(({ factor }) => factor)] as const;
  const total = [...windows.map(({ sum }) => sum), ...added.map(({ value }) => value)].reduce(
    (sum, part) => sum + part,
    0,
  );
  return (
    <div class="product-windows">
      {windows.some(isSmall) ? names.map((name, at) => <Unit key={name} name={name} largest={scales[at]} />) : null}
      <div class="windows">
        {shownWindows(windows).map((window) => (
          <Window key={window.title} window={window} names={names} scales={scales} isAlone={windows.length === 1} />
        ))}
      </div>
      {windows.length > MOST_WINDOWS ? (
        <p class="note">{`The ${MOST_WINDOWS} windows of the largest sums; ${windows.length - MOST_WINDOWS} more are in the total.`}</p>
      ) : null}
      <p class="total">
        {windows.length > 1 ? `The sum of the ${windows.length} windows` : 'The sum of the products'}
        {added.map(({ id, value }) => ` and of ${id} = ${short(value)}`)}: <strong>{valueText(total)}</strong>
      </p>
    </div>
  );
}

/** In which unit the numbers of a table are, where that is not 1. */
function Unit({ name, largest }: { readonly name: string; readonly largest: number | undefined }) {
  const exponent = exponentOf(largest ?? 0);
  if (exponent === 0) return null;
  return (
    <p class="note">
      The {name} in units of 10<sup>{`−${-exponent}`}</sup>:
    </p>
  );
}

/** The power of ten that numbers are shown in, of which the largest has this magnitude: two decimals should say something. */
function exponentOf(largest: number): number {
  return largest > 0 && largest < 0.05 ? Number(largest.toExponential().split('e')[1]) : 0;
}

/** More windows than this are too many to look at. */
const MOST_WINDOWS = 16;

/** The windows of the largest sums, in their order. */
function shownWindows(windows: readonly ProductWindow[]): readonly ProductWindow[] {
  if (windows.length <= MOST_WINDOWS) return windows;
  const largest = [...windows].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum)).slice(0, MOST_WINDOWS);
  return windows.filter((window) => largest.includes(window));
}

interface WindowProps {
  readonly window: ProductWindow;
  readonly names: readonly [string, string];
  readonly scales: readonly [number, number];
  /** Whether it is the only one. */
  readonly isAlone: boolean;
}

/** Windows with more columns are maps without numbers. */
const MOST_COLUMNS = 10;

function Window(props: WindowProps) {
  return isSmall(props.window) ? <SmallWindow {...props} /> : <LargeWindow {...props} />;
}

function isSmall({ columns }: ProductWindow): boolean {
  return columns <= MOST_COLUMNS;
}

/** A window of hundreds of numbers: both maps and that of their products, and the largest products in numbers. */
function LargeWindow({ window, names, isAlone }: WindowProps) {
  const { title, rows, columns, pairs, sum } = window;
  const maps: readonly (readonly [string, (pair: ProductPair) => number])[] = [
    [names[0], ({ value }) => value],
    [names[1], ({ factor }) => factor],
    ['products', ({ value, factor }) => value * factor],
  ];
  return (
    <div>
      <figure class="window">
        {title === '' ? null : <figcaption>{title}</figcaption>}
        {maps.map(([name, of], at) => {
          const values = pairs.map((pair) => (pair === undefined ? 0 : of(pair)));
          const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          return (
            <Fragment key={name}>
              {at === 0 ? null : <span class="sign">{at === 1 ? '⊙' : '='}</span>}
              <span class="window-map">
                <Pixels
                  width={columns}
                  height={rows}
                  zoom={Math.max(2, Math.floor((isAlone ? 168 : 96) / columns))}
                  label={`${title} ${name}, ${rows} by ${columns}`.trim()}
                  paint={(into) => paintSigned(values, largest, into)}
                />
                <span class="note">{name}</span>
              </span>
            </Fragment>
          );
        })}
        <Sum sign="Σ =" value={sum} />
      </figure>
      {isAlone ? <LargestProducts pairs={pairs.filter((pair) => pair !== undefined)} /> : null}
    </div>
  );
}

/** The largest of many products, in numbers. */
function LargestProducts({ pairs }: { readonly pairs: readonly ProductPair[] }) {
  const productOf = ({ value, factor }: ProductPair): number => value * factor;
  if (pairs.every((pair) => productOf(pair) === 0))
    return <p class="note">{`Its ${pairs.length} terms are all zero.`}</p>;
  const largest = [...pairs].sort((a, b) => Math.abs(productOf(b)) - Math.abs(productOf(a))).slice(0, 6);
  return (
    <table class="largest">
      <caption>{`The largest of its ${pairs.length} terms`}</caption>
      <tbody>
        {largest.map((pair) => (
          <tr key={pair.ids.join()}>
            <td>{pair.ids.map((id) => id.replace('dL/d', '∂L/∂')).join(' · ')}</td>
            <td>{`${short(pair.value)} · ${short(pair.factor)}`}</td>
            <td>{short(productOf(pair))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SmallWindow({ window, names, scales }: WindowProps) {
  const { title, sum } = window;
  return (
    <figure class="window">
      {title === '' ? null : <figcaption>{title}</figcaption>}
      <Numbers window={window} of={({ value }) => value} id={0} largest={scales[0]} label={`${title} ${names[0]}`} />
      <span class="sign">⊙</span>
      <Numbers window={window} of={({ factor }) => factor} id={1} largest={scales[1]} label={`${title} ${names[1]}`} />
      <Sum sign="=" value={sum} />
    </figure>
  );
}

/** Sign and sum in one, so that a narrow page does not part them. */
function Sum({ sign, value }: { readonly sign: string; readonly value: number }) {
  return (
    <span>
      {sign}&nbsp;<strong>{short(value)}</strong>
    </span>
  );
}

interface NumbersProps {
  readonly window: ProductWindow;
  readonly of: (pair: ProductPair) => number;
  readonly id: 0 | 1;
  readonly largest: number;
  readonly label: string;
}

function Numbers({ window: { rows, columns, pairs }, of, id, largest, label }: NumbersProps) {
  const unit = Number(`1e${exponentOf(largest)}`);
  return (
    <table class="numbers" aria-label={label.trim()}>
      <tbody>
        {Array.from({ length: rows }, (_, row) => (
          <tr key={row}>
            {Array.from({ length: columns }, (_, column) => {
              const pair = pairs[row * columns + column];
              if (pair === undefined) return <td key={column} />;
              const value = of(pair);
              return (
                <td key={column} title={`${pair.ids[id]} = ${valueText(value)}`} style={colorsOf(value, largest)}>
                  {cellText(value / unit)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The colors of a map, no darker than a dark text can be read on. */
function colorsOf(value: number, largest: number): { background: string } {
  const percent = largest > 0 ? Math.round((70 * Math.abs(value)) / largest) : 0;
  const full = value >= 0 ? 'rgb(31 87 195)' : 'rgb(180 83 10)';
  return { background: `color-mix(in srgb, ${full} ${percent}%, white)` };
}

/** Two decimals: the whole number is a hint of its cell, and in the formula. */
function cellText(value: number): string {
  if (value === 0) return '0';
  return value
    .toFixed(2)
    .replace(/^-?0\.00$/, '·')
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−');
}

function short(value: number): string {
  return valueText(Number(value.toPrecision(4)));
}
