/**
 * Names of quantities as readers type them. Whatever the output prints for a quantity means it: its id (`dL/dw11`, `w1_new`), its symbol
 * (`∂L/∂w11`, `w1⁺`), and the same in LaTeX or as a browser copies it.
 */
import { didYouMean, nearestName } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import type { Derivation, DerivationStep } from './derivation';

const subscripts = /[₀-₉]+(?:[.,][₀-₉]+)*/g;
const superscripts = /[⁰¹²³⁴-⁹]+|⁺/g;

/**
 * A printed name in plain characters, with dots between its indices.
 *
 * @example
 * plainName('∂L/∂k2.5.3.1.2'); // 'dL/dk2.5.3.1.2'
 * plainName('k²₅,₃,₁,₂'); // 'k2.5.3.1.2'
 * plainName('$w_{1}^{+}$'); // 'w.1_new'
 */
export function plainName(printed: string): string {
  return printed
    .replaceAll(subscripts, (digits) => `_{${digits.normalize('NFKC')}}`)
    .replaceAll(superscripts, (digits) => `^{${digits.normalize('NFKC')}}`)
    .replaceAll(/\\mathrm|\\left|\\right|[$\s]/g, '')
    .replace(/\\frac\{\\partialL\}\{\\partial(.*)\}/, '∂L/∂$1')
    .replace(/∂L\/?∂/, gradientPrefix)
    .replace(/\\hat\{(\w)\}/, '$1_hat')
    .normalize('NFD')
    .replace(/[\u0302ˆ]/, '_hat')
    .replace(/\^?\{?\+\}?$/, '_new')
    .replaceAll('\\_', '_')
    .replaceAll('_{', '.')
    .replaceAll(/[\\^{}]/g, '')
    .replaceAll(',', '.');
}

/** The stem of a gradient's name. */
export const gradientPrefix = 'dL/d';

/** The quantity that a gradient is of; any other name as it is. */
export function withoutGradient(id: string): string {
  return id.startsWith(gradientPrefix) ? id.slice(gradientPrefix.length) : id;
}

/** The same without what stands between letters and digits: `w1`, `w_{1}` and `w.1` are one name. */
const key = (name: string): string => plainName(name).replaceAll(/[._/]/g, '');

/**
 * The id of a quantity of a derivation by its name, in any spelling that is printed; undefined where there is none.
 *
 * @example idNamed(examples[0].derive(), 'w1⁺'); // 'w1_new'
 */
export function idNamed({ steps }: Pick<Derivation, 'steps'>, name: string): string | undefined {
  const exact = steps.some(({ id }) => id === name);
  if (exact) return name;
  const wanted = key(name);
  const isNamed = ({ id, symbol, aliases = [] }: DerivationStep): boolean =>
    [id, symbol.text, symbol.latex, ...aliases].some((spelling) => key(spelling) === wanted);
  return steps.find(isNamed)?.id;
}

/**
 * The quantities of a derivation by their names, in any spelling that is printed. `w1` is the weight and what becomes of it, `w1_new` or
 * `w1⁺` the latter alone.
 *
 * @throws OptionError for a name that there is not, with the one that was meant where one is near
 * @example
 * const derivation = examples[0].derive();
 * stepsNamed(derivation, ['w1⁺']).map(({ id }) => id); // [ 'w1_new' ]
 */
export function stepsNamed(derivation: Pick<Derivation, 'steps'>, names: readonly string[]): readonly DerivationStep[] {
  const { steps } = derivation;
  const wanted = new Set<string>();
  for (const name of names) {
    const id = idNamed(derivation, name) ?? idNamed(derivation, `${name}_new`);
    if (id === undefined) {
      const known = steps.map((step) => step.id);
      const aliases = steps.flatMap((step) => step.aliases ?? []);
      const meant = didYouMean(nearestName(plainName(name), [...known, ...aliases]));
      throw new OptionError(`expected names among ${known.join(', ')}; got ${name}${meant}`);
    }
    wanted.add(id).add(`${id}_new`);
  }
  return steps.filter(({ id }) => wanted.has(id));
}

/**
 * The gradients of quantities that are given or updated: what a reader of `w11` may have meant.
 *
 * @example
 * const derivation = examples.filter(({ name }) => name === 'conv-mse')[0].derive();
 * gradientsBeside(derivation, stepsNamed(derivation, ['w11'])).map(({ id }) => id); // [ 'dL/dw11' ]
 */
export function gradientsBeside(
  { steps }: Pick<Derivation, 'steps'>,
  chosen: readonly DerivationStep[],
): readonly DerivationStep[] {
  const ids = new Set(chosen.map(({ id }) => id));
  const weights = chosen.filter(({ stage }) => stage === 'given' || stage === 'update');
  const wanted = new Set(weights.map(({ id }) => `${gradientPrefix}${id.replace(/_new$/, '')}`));
  return steps.filter(({ id }) => wanted.has(id) && !ids.has(id));
}
