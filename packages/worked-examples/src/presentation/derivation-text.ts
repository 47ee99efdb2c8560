/** A derivation in a terminal: given, forward, backward, update, aligned, with a mark beside every printed figure. */
import { padEnd, padStart, styles, visibleWidth, wrap } from '@longhand/rendering';
import type { Derivation, DerivationStep } from '../derivation';
import { withTrueMinus } from '../number-notation';
import { askedQuantities, cutAtDots, cutAtSigns } from './asked-quantities';
import { quantityText } from './asked-quantity-text';
import { changeText, figureMark, markMeanings, marksOf, slipValues } from './figure-marks';

/** How a derivation is printed. */
export interface DerivationTextOptions {
  /** Whether the terminal shows colors. */
  readonly color: boolean;
  /** Columns there are. */
  readonly width: number;
}

/** The parts of a derivation with their titles; updates may come between backward steps. */
const sections = [
  { title: 'Given', stages: ['given'] },
  { title: 'Forward', stages: ['forward'] },
  { title: 'Backward and update', stages: ['backward', 'update'] },
  { title: 'After the update', stages: ['after'] },
] as const;

/**
 * The steps of a derivation in parts.
 *
 * @example derivationSections(examples[0].derive()).map(({ title }) => title); // [ 'Given', 'Forward', … ]
 */
export function derivationSections({ steps }: Derivation): { title: string; steps: DerivationStep[] }[] {
  const hasUpdates = steps.some(({ stage }) => stage === 'update');
  return sections
    .map(({ title, stages }) => ({
      title: title === 'Backward and update' && !hasUpdates ? 'Backward' : title,
      steps: steps.filter(({ stage }) => (stages as readonly string[]).includes(stage)),
    }))
    .filter((section) => section.steps.length > 0);
}

/**
 * A derivation as lines. Steps that fit stand on one line each, aligned at their equals signs; longer ones take a line for
 * the formula, the numbers and the value.
 *
 * @example derivationText(examples[0].derive(), { color: false, width: 100 }).includes('Forward'); // true
 */
export function derivationText(derivation: Derivation, options: DerivationTextOptions): string {
  const { bold, dim } = styles(options);
  const parts = partsText(derivation, options);
  const slips = derivation.errata.length === 0 ? [] : [errataText(derivation, options)];
  const legend = marksOf(derivation).map((mark) => `${mark} ${markMeanings[mark]}`);
  const about = [derivation.about, legend.join(' · ')].flatMap((text) => wrap(text, options.width));
  const head = about.filter((line) => line !== '').map((line) => dim(line));
  return [[bold(derivation.title), ...head].join('\n'), ...parts, ...slips].join('\n\n');
}

/** The parts of the derivation; where quantities were asked for by name, only these. */
function partsText(derivation: Derivation, options: DerivationTextOptions): string[] {
  const { bold } = styles(options);
  const asked = askedQuantities(derivation);
  if (asked !== undefined) {
    const values = asked.given.map((step) => `${bold(step.symbol.text)} = ${step.shown}${remarkOf(step)}`);
    return [...values, ...asked.computed.map((quantity) => quantityText(quantity, options))];
  }
  return derivationSections(derivation).map(({ title, steps }) => {
    const lines = title === 'Given' ? givenLines(steps, options) : stepLines(steps, options);
    const note = title === 'Given' ? wrap(derivation.aboutGivens ?? '', options.width - 2).filter(Boolean) : [];
    return [bold(title), ...lines, ...note.map((line) => styles(options).dim(`  ${line}`))].join('\n');
  });
}

/** What is given, as many to a line as fit. */
function givenLines(steps: readonly DerivationStep[], { width }: DerivationTextOptions): string[] {
  const cells = steps.map((step) => {
    const change = changeText(step);
    return `${step.symbol.text} = ${step.shown}${change === undefined ? '' : ` (${change})`}`;
  });
  const cellWidth = Math.max(...cells.map(visibleWidth)) + 3;
  const perLine = Math.max(1, Math.floor((width - 2) / cellWidth));
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += perLine) {
    lines.push(
      `  ${cells
        .slice(at, at + perLine)
        .map((cell) => padEnd(cell, cellWidth))
        .join('')}`.trimEnd(),
    );
  }
  return lines;
}

function stepLines(steps: readonly DerivationStep[], options: DerivationTextOptions): string[] {
  const { dim } = styles(options);
  const symbolWidth = Math.max(...steps.map(({ symbol }) => visibleWidth(symbol.text)));
  const numberWidth = Math.max(...steps.map(({ number }) => String(number ?? '').length));
  const margin = 2 + numberWidth + 2 + symbolWidth;
  const oneLine = (step: DerivationStep): number =>
    margin + 9 + visibleWidth(`${partsOf(step).join('')}${markOf(step, options)}`);
  const short = steps.filter((step) => oneLine(step) <= options.width);
  // Columns as wide as the widest of what stays on one line, if all of it still fits then.
  const widths = [0, 1].map((column) => Math.max(0, ...short.map((step) => visibleWidth(partsOf(step)[column]))));
  const ends = short.map((step) => visibleWidth(`${step.shown}${markOf(step, options)}`));
  const aligned = margin + 9 + widths[0] + widths[1] + Math.max(0, ...ends) <= options.width;
  return steps.flatMap((step) => {
    const head = `  ${dim(padStart(String(step.number ?? ''), numberWidth))}  ${padStart(step.symbol.text, symbolWidth)}`;
    const [formula, substitution, value] = partsOf(step);
    const mark = markOf(step, options);
    const notes = notesOf(step, margin, options);
    if (step.formula === undefined) return [`${head} = ${value}${mark}${remarkOf(step)}`, ...notes];
    if (oneLine(step) <= options.width) {
      const columns = [formula, substitution].map((part, at) => (aligned ? padEnd(part, widths[at]) : part));
      return [`${head} = ${columns.join(' = ')} = ${styles(options).bold(value)}${mark}`, ...notes];
    }
    const indent = ' '.repeat(margin);
    const [first = '', ...rest] = [formula, substitution].flatMap((part, at) =>
      wrapFormula(part, options.width - margin - 3).map((line, lineAt) =>
        lineAt === 0 ? `${at === 0 ? '' : indent} = ${line}` : `${indent}   ${line}`,
      ),
    );
    return [head + first, ...rest, `${indent} = ${styles(options).bold(value)}${mark}`, ...notes];
  });
}

/** A formula in lines: broken before a sign between terms, else before a dot between factors, and within parentheses only if need be. */
function wrapFormula(formula: string, width: number): string[] {
  const fits = (text: string): boolean => visibleWidth(text.trim()) <= width;
  const lines: string[] = [];
  const pieces = cutAtSigns(formula).flatMap((term) => (fits(term) ? [term] : cutAtDots(term)));
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && fits(last + piece)) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines.flatMap((line) => wrap(line.trim(), width));
}

function partsOf(step: DerivationStep): [formula: string, substitution: string, value: string] {
  return [step.formula?.text ?? '', step.substitution?.text ?? '', step.shown];
}

/** The remark of a step, after its value. */
export function remarkOf({ remark }: DerivationStep): string {
  return remark === undefined ? '' : ` (${remark})`;
}

/** The mark of the printed figure, and the figure where it differs. */
function markOf(step: DerivationStep, options: DerivationTextOptions): string {
  const { green, red } = styles(options);
  const mark = figureMark(step);
  if (mark === undefined) return '';
  return mark === '✗' ? `  ${red(`✗ printed ${withTrueMinus(step.printed?.figure ?? '')}`)}` : `  ${green(mark)}`;
}

/**
 * Where the note prints a figure that is a slip: what it prints, what it should print, whether ours is that, and why.
 *
 * @example examples[0].derive().steps.map(readingText).find((text) => text !== undefined); // 'the note prints …, which should be …'
 */
export function readingText({ printed }: DerivationStep): string | undefined {
  if (printed?.reading === undefined) return undefined;
  const { reading, figure, evidence = '', agrees } = printed;
  const ours = agrees ? `ours agrees with ${figure}` : 'ours is neither';
  return withTrueMinus(`the note prints ${reading}, which should be ${figure}; ${ours} (${evidence})`);
}

/** What stands below a step: its remark, where its own line has a formula, and the slip of its printed figure. */
function notesOf(step: DerivationStep, margin: number, options: DerivationTextOptions): string[] {
  const remark = step.formula === undefined ? undefined : step.remark;
  const texts = [remark, readingText(step)].filter((text) => text !== undefined);
  return texts.flatMap((text) => noteLines(text, margin, options));
}

function noteLines(text: string, margin: number, options: DerivationTextOptions): string[] {
  return wrap(text, options.width - margin - 3).map((line) => styles(options).dim(`${' '.repeat(margin + 3)}${line}`));
}

/** The slips of the note, each with its arithmetic. */
function errataText({ errata }: Derivation, options: DerivationTextOptions): string {
  const { bold, dim } = styles(options);
  const lines = errata.flatMap((slip) => {
    const { where, says, correct, evidence } = slip;
    const values = slipValues(slip);
    const inNumbers = values === undefined ? '' : ` (${values})`;
    return [
      ...wrap(withTrueMinus(`${where}: says ${says}; should be ${correct}${inNumbers}`), options.width - 2).map(
        (line) => `  ${line}`,
      ),
      ...wrap(withTrueMinus(evidence), options.width - 4).map((line) => dim(`    ${line}`)),
    ];
  });
  return [bold('Slips of the note'), ...lines].join('\n');
}
