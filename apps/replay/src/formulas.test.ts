/** The commands of the page of formulas play what their rows say. */
import { readFileSync } from 'node:fs';
import { lenetDocumented } from '@longhand/layers';
import { stepsNamed } from '@longhand/worked-examples';
import { expect, test } from 'vitest';
import { deriveAsked, type ReplayOptions } from './replay';

const page = readFileSync(new URL('../../../docs/lessons/formulas.md', import.meta.url), 'utf8');

interface Played {
  /** What `--quantity` or `--only` names. */
  readonly asked: string;
  /** The general form of each quantity, or its formula, by its id. */
  readonly formulas: ReadonlyMap<string, string>;
}

const played = new Map<string, Promise<Played>>();

/** What a command plays, derived once: `lenet-step --quantity o7`. */
function play(command: string): Promise<Played> {
  const known = played.get(command) ?? derive(command);
  played.set(command, known);
  return known;
}

async function derive(command: string): Promise<Played> {
  const [example = '', ...words] = command.split(' ');
  const options = Object.fromEntries(
    words.flatMap((word, at) => (word.startsWith('--') ? [[word.slice(2), words[at + 1]]] : [])),
  );
  const derivation = await deriveAsked(example, { digit: 7, ...options } as ReplayOptions);
  const steps = options.only === undefined ? derivation.steps : stepsNamed(derivation, options.only.split(','));
  const formulas = new Map(steps.map(({ id, formula, summation }) => [id, (summation ?? formula)?.text ?? '']));
  return { asked: options.quantity ?? options.only, formulas };
}

const commands = [...new Set([...page.matchAll(/`longhand-replay ([^`]+)`/g)].map(([, command = '']) => command))];

test('the page has a command in every row', () => {
  const formulas = page.slice(page.indexOf('## Forward'));
  const rows = formulas.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| |'));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !/\| `longhand-replay [^`]+` \|$/.test(row))).toEqual([]);
});

test.each(commands)('%s', async (command) => {
  const { asked, formulas } = await play(command);
  const [isWeight, hasGradient] = [/^[kbw]/.test(asked), !/^[pL]|⁺/.test(asked)];
  const ids = [...(isWeight ? [] : [asked]), ...(hasGradient ? [`dL/d${asked}`] : [])];
  for (const id of ids) expect([id, formulas.get(id)]).toEqual([id, expect.stringMatching(/./)]);
  expect([...formulas.values()].at(-1)).toMatch(/./);
});

test('every row leads to a kernel', () => {
  const formulas = page.slice(page.indexOf('## Forward'));
  const rows = formulas.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| |'));
  const kernel = /^\| \[[a-z -]+\]\(\.\.\/\.\.\/packages\/kernels\/src\/[a-z0-9-]+\/operation\.ts\) \|/;
  expect(rows.filter((row) => !kernel.test(row))).toEqual([]);
});

test('the names of the page are those of the network', async () => {
  const names = page.slice(page.indexOf('## Names'), page.indexOf('## Forward'));
  const layers = lenetDocumented().layers.map(({ name }) => name);
  for (const [, layer = ''] of names.matchAll(/`((?:conv|relu|pool|fc)\d?)(?:\.\w+)?`/g))
    expect(layers).toContain(layer);
  const commands = [...names.matchAll(/`([A-Za-z][.\d]+)`/g)].map(([, name = '']) => name);
  expect(commands).toHaveLength(13);
  // An unknown name throws.
  for (const name of commands) expect((await play(`lenet-step --quantity ${name}`)).asked).toBe(name);
});

/** Every formula of the tables whose general form a command prints, as it prints it. */
test.each([
  ['S1.2.3.7', 'Σ x.(i+3).(j+7)·k1.2.i.j + b1.2'],
  ['S2.7.3.3', 'Σ P1.n.(i+3).(j+3)·k2.7.n.i.j + b2.7'],
  ['o7', 'Σ w.7.n·v.n + b.7'],
  ['dL/do7', 'p7 − t7'],
  ['dL/dw.7.100', '∂L/∂o7·v100'],
  ['dL/db.7', '∂L/∂o7'],
  ['dL/dP2.7.1.0', '∂L/∂v100'],
  ['dL/dC2.5.0.1', '∂L/∂P2.5.0.0'],
  ['dL/dS2.5.0.1', '∂L/∂C2.5.0.1·[S2.5.0.1 > 0]'],
  ['dL/dk1.2.0.1', 'Σ ∂L/∂S1.2.i.j·x.i.(j+1)'],
])('%s is %s', async (id, formula) => {
  const { formulas } = await play(`lenet-step --quantity ${id.replace('dL/d', '')}`);
  expect(formulas.get(id)?.replace(/(, [a-z] = \d+ to \d+)*$/, '')).toBe(formula);
});
