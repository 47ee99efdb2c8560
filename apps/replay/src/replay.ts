/** What the command does: finds the example, derives it as asked, and prints it as asked. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LenetDocumentedOptions, Mode, PresetName } from '@longhand/layers';
import { columnsOf, styles, table, wantsColor } from '@longhand/rendering';
import {
  type ConvolutionKind,
  type Derivation,
  type Digits,
  derivationMarkdown,
  derivationText,
  examples,
  figureMark,
  gradientsBeside,
  handExampleFrom,
  stepsNamed,
  type UpdateOrder,
  type WorkedExample,
} from '@longhand/worked-examples';
import { quiz } from './quiz';

/** The options of the command, parsed. */
export interface ReplayOptions {
  readonly order?: UpdateOrder;
  readonly digits?: '3' | 'exact';
  readonly variant?: string;
  readonly convolution?: ConvolutionKind;
  readonly set?: Readonly<Record<string, number>>;
  readonly width?: number;
  readonly step?: number;
  readonly only?: string;
  readonly check?: boolean;
  readonly quiz?: boolean;
  readonly json?: boolean;
  /** To standard output, or to a file. */
  readonly markdown?: true | string;
  readonly html?: true | string;
  readonly force?: boolean;
  readonly digit: number;
  readonly quantity?: string;
  readonly model?: string;
  /** Of the network without a model. */
  readonly activation?: NonNullable<LenetDocumentedOptions['activation']>;
  readonly pooling?: 'max' | 'mean';
  readonly network?: PresetName;
  readonly mode?: Mode;
}

/** The command was asked for something that there is not. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** In what form a derivation is printed. */
type Form = 'plain' | 'json' | 'markdown' | 'html';

/** A file cannot be written. */
class WriteError extends Error {
  override readonly name = 'WriteError';
}

/** The columns of what is not read in a terminal but in a file. */
const pageWidth = 100;

const lenetStep = {
  name: 'lenet-step',
  title: 'One training step of the documented network on a real digit: any quantity',
};

const networkStep = {
  name: 'network-step',
  title: 'One training step of any network on a real digit: any quantity of any layer',
};

/** The examples of which one quantity is asked for, on a real digit. */
export const digitExamples: readonly string[] = [lenetStep.name, networkStep.name];

const everyExample = [...examples, lenetStep, networkStep];

/** The names of all examples, with what each is. */
export function listText(): string {
  const rows = everyExample.map(({ name, title }) => [name, title]);
  return `${table({ columns: [{ title: 'example' }, { title: 'what it is' }], rows, color: hasColor() })}\n`;
}

/** Whether it is the name of an example. */
export function isExample(name: unknown): boolean {
  return everyExample.some((known) => known.name === name);
}

/** The derivation that the options ask for. */
export async function deriveAsked(name: string, options: ReplayOptions): Promise<Derivation> {
  if (digitExamples.includes(name)) return deriveOnDigit(name, options);
  const example = name.endsWith('.json') ? ownExample(name) : examples.find((candidate) => candidate.name === name);
  if (example === undefined) {
    const names = everyExample.map((known) => known.name).join(', ');
    throw new UsageError(
      `expected one of the examples ${names}, or a file of one’s own that ends in .json, got '${name}'`,
    );
  }
  if (options.check) {
    const choices = [options.order, options.digits, options.variant, options.convolution, options.set];
    if (choices.some((choice) => choice !== undefined))
      throw new UsageError(
        '--check compares in the source’s own order and digits; leave --order, --digits, --variant, --convolution and --set out',
      );
    return example.derive();
  }
  const digits: Digits | undefined = options.digits === '3' ? 3 : options.digits;
  return example.derive({
    ...(options.order === undefined ? {} : { order: options.order }),
    ...(digits === undefined ? {} : { digits }),
    ...(options.variant === undefined ? {} : { variant: options.variant }),
    ...(options.convolution === undefined ? {} : { convolution: options.convolution }),
    ...(options.set === undefined ? {} : { givens: options.set }),
  });
}

/** A hand example of one's own, as a JSON file. */
function ownExample(file: string): WorkedExample {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fileOf(file, 'a hand example as JSON')));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new Error(`${file}: expected a hand example as JSON, but ${error.message}`);
  }
  const name = basename(file, '.json');
  try {
    return handExampleFrom(name, json);
  } catch (error) {
    // A file that does not fit is no wrong usage of the command.
    throw new Error(`${file}: ${(error as Error).message.replace(`${name}: `, '')}`);
  }
}

/** A quantity of a network, on the first test image of the digit that was asked for. */
async function deriveOnDigit(name: string, options: ReplayOptions): Promise<Derivation> {
  const { digit, model: file, network: preset = 'resnet-small', mode = 'train' } = options;
  if (digit > 9) throw new UsageError(`expected a digit from 0 to 9, got ${digit}`);
  // Loaded only here: the other examples need neither digits nor models.
  const [
    { mnistNormalization },
    { loadMnist },
    { decodeModel },
    { deriveLenetStep, deriveNetworkStep },
    { lenetDocumented, presets },
  ] = await Promise.all([
    import('@longhand/mnist'),
    import('@longhand/mnist/node'),
    import('@longhand/training'),
    import('@longhand/worked-examples'),
    import('@longhand/layers'),
  ]);
  const { images, labels, height, width } = loadMnist({ split: 'test' });
  const at = labels.indexOf(digit);
  const image = images.subarray(at * height * width, (at + 1) * height * width);
  const trained = file === undefined ? undefined : decodeModel(fileOf(file, 'a model that longhand train saved'), file);
  if (trained !== undefined) {
    const [expected, got] = [[height, width, 1], trained.network.inputShape].map((shape) => shape.join('×'));
    if (expected !== got) throw new Error(`${file}: expected a model for images of ${expected}, got one for ${got}`);
  }
  const { normalization = mnistNormalization, ...model } = trained ?? {};
  if (name === lenetStep.name) {
    const { quantity = 'k2.5.3.1.2', activation, pooling } = options;
    if (file !== undefined && (activation ?? pooling) !== undefined) {
      throw new UsageError('--activation and --pooling are those of the model; leave them out');
    }
    const network = lenetDocumented({ ...(activation && { activation }), ...(pooling && { pooling }) });
    return deriveLenetStep({ image, label: digit, quantity, network, ...model, normalization });
  }
  const { quantity = 'p7' } = options;
  const network = presets[preset]();
  return deriveNetworkStep({ network, image, label: digit, quantity, mode, ...model, normalization });
}

function fileOf(file: string, what: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new Error(`${file}: expected ${what}, but ${reason}`);
  }
}

/** Prints the derivation in the form asked for; the exit code. */
export async function printDerivation(derivation: Derivation, options: ReplayOptions): Promise<number> {
  const chosen = choose(derivation, options);
  if (options.check) return checkFigures(derivation);
  if (options.quiz) return quiz(chosen, { whole: derivation, color: hasColor() });
  const { json, markdown, html, force = false } = options;
  const files: string[] = [];
  for (const [form, file] of Object.entries({ markdown, html })) {
    if (typeof file !== 'string') continue;
    checkName(file, {
      option: `--${form}`,
      example: `${derivation.example}.${form === 'html' ? 'html' : 'md'}`,
      force,
    });
    writeNew(file, await textOf(chosen, form as Form, options), force);
    files.push(file);
  }
  const form: Form = json ? 'json' : markdown === true ? 'markdown' : html === true ? 'html' : 'plain';
  if (files.length > 0) process.stdout.write(`Saved ${files.join(' and ')}\n`);
  else
    process.stdout.write(
      `${await textOf(chosen, form, options)}${form === 'plain' ? gradientHint(derivation, chosen) : ''}`,
    );
  return 0;
}

/** For a reader of `--only w11`, who may have meant its gradient. */
function gradientHint(whole: Derivation, chosen: Derivation): string {
  const gradients = gradientsBeside(whole, chosen.steps);
  if (gradients.length === 0 || chosen === whole) return '';
  const [names, ids] = [gradients.map(({ symbol }) => symbol.text), gradients.map(({ id }) => id)];
  const { dim } = styles({ color: hasColor() });
  return `\n${dim(`not shown: ${names.join(', ')} (--only ${ids.join(',')})`)}\n`;
}

/** @throws UsageError when no file can have that name, or one has it that may not be overwritten */
function checkName(file: string, asked: { option: string; example: string; force: boolean }): void {
  const { option, example, force } = asked;
  if (file === '' || file === '-') {
    throw new UsageError(`option '${option}' expects the name of a file, or none for standard output, got '${file}'`);
  }
  const there = statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory()) {
    throw new UsageError(`${file}: expected a new file, but it is a folder; try ${join(file, example)}`);
  }
  if (there !== undefined && !force) {
    throw new UsageError(
      `${file}: expected a new file, but it exists; use --force to overwrite it, or another ${option}`,
    );
  }
}

/** @throws WriteError when it cannot be written */
function writeNew(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    throw new WriteError(`${file}: it could not be saved: ${(error as Error).message}`);
  }
}

async function textOf(derivation: Derivation, form: Form, options: ReplayOptions): Promise<string> {
  if (form === 'json') return `${JSON.stringify(derivation, undefined, 2)}\n`;
  if (form === 'markdown') return derivationMarkdown(derivation);
  if (form === 'html') return (await import('@longhand/worked-examples/html')).derivationHtml(derivation);
  const { width = process.stdout.isTTY ? columnsOf(process.stdout) : pageWidth } = options;
  return `${derivationText(derivation, { color: hasColor(), width })}\n`;
}

/** Only the steps that were asked for, by number or by name. */
function choose(derivation: Derivation, { step, only }: ReplayOptions): Derivation {
  const { aboutGivens: _, ...whole } = derivation;
  const computed = derivation.steps.filter(({ stage }) => stage !== 'given');
  if (step !== undefined) {
    const chosen = computed[step - 1];
    if (chosen === undefined) throw new UsageError(`expected a step from 1 to ${computed.length}, got ${step}`);
    return { ...whole, steps: [chosen], errata: [] };
  }
  if (only === undefined) return derivation;
  // A comma within braces is one of LaTeX.
  const names = only.split(/,(?![^{]*\})/).map((name) => name.trim());
  return { ...whole, steps: stepsNamed(derivation, names), errata: [] };
}

function checkFigures({ example, steps }: Derivation): number {
  const printed = steps.filter((step) => step.printed !== undefined);
  const differing = printed.filter((step) => !step.printed?.agrees);
  for (const { symbol, shown, printed: figure } of differing) {
    process.stdout.write(`✗ ${symbol.text} is ${shown}, printed ${figure?.figure}\n`);
  }
  const agreeing = printed.length - differing.length;
  const corrected = printed.filter((step) => figureMark(step) === '†').length;
  const slips = corrected === 0 ? '' : `, ${corrected} of them as the slips of the source are corrected`;
  process.stdout.write(`${example}: ${agreeing} of ${printed.length} printed figures agree${slips}\n`);
  return differing.length === 0 ? 0 : 1;
}

function hasColor(): boolean {
  return wantsColor(process.stdout, process.env);
}
