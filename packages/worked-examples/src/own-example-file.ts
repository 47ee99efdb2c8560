/** Hand derivations of one's own as JSON, in the form of the notes: checked, with one line for what does not fit. */
import { lossFrom, networkFrom } from '@longhand/layers';
import {
  either,
  finiteNumber,
  list,
  object,
  oneOf,
  optional,
  parseJson,
  recordOf,
  string,
  unknown,
  where,
} from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import type { Digits } from './derivation';
import { type HandExample, handExample } from './own-example';
import type { Names } from './training-step-setup';
import type { WorkedExample } from './worked-example';

const figure = object({ figure: string, reading: optional(string), evidence: optional(string) });

const nameOrNone = where<string | null>('a name or null', (value) => value === null || typeof value === 'string');

const schema = object({
  source: optional(string),
  title: optional(string),
  about: optional(string),
  network: unknown,
  loss: either('a loss such as "mean-squared-error"', string, recordOf(unknown)),
  givens: recordOf(either('a number or a list of numbers', finiteNumber, list(finiteNumber))),
  names: optional(recordOf(either('a name or a list of names', string, list(nameOrNone)))),
  order: optional(oneOf('standard', 'update-then-propagate')),
  digits: optional(where<Digits>('3 or "exact"', (value) => value === 3 || value === 'exact')),
  printed: optional(recordOf(figure)),
});

/**
 * A hand derivation of one's own from parsed JSON: what {@link handExample} takes, with the network as `describeNetwork` writes it or by
 * hand, the loss by its kind, and `null` for an entry without a name.
 *
 * @param name what the derivation is called, and how messages begin: the name of the file
 * @throws OptionError for what does not fit, DescriptionError or ShapeError where that is the network
 * @example
 * const example = handExampleFrom('one-weight', {
 *   network: { input: [1], layers: [{ name: 'fc', kind: 'dense', outFeatures: 1, bias: false }] },
 *   loss: 'mean-squared-error',
 *   givens: { input: [2], target: [1], learningRate: 0.1, 'fc.weight': [0.7] },
 *   names: { 'fc.weight': ['w'], 'fc.y': ['p'] },
 * });
 * example.derive().steps.find(({ id }) => id === 'w_new')?.value.toFixed(2); // '0.54'
 */
export function handExampleFrom(name: string, json: unknown): WorkedExample {
  const error = (message: string): OptionError => new OptionError(message);
  const { network, loss, names = {}, source: _, ...rest } = parseJson(schema, json, { where: name, error });
  const kind = typeof loss === 'string' ? { kind: loss } : loss;
  const lists = Object.entries(names).map(([path, ids]) => [
    path,
    typeof ids === 'string' ? ids : (ids.map((id) => id ?? undefined) as Names),
  ]);
  return handExample({
    ...(rest as Omit<HandExample, 'name' | 'network' | 'loss' | 'names'>),
    name,
    network: networkFrom(network),
    loss: lossFrom(kind as { readonly kind: string }),
    names: Object.fromEntries(lists),
  });
}
