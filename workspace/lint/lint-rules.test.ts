/**
 * Every ban of the linter sees its offender and spares the innocent. The samples lie in a temporary copy of the
 * workspace's lint configuration, so that no offending file ever stands in the repository itself.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROUNDING = 'Every engine rounds';
const CHANCE = 'This chance cannot be repeated';
const CLOCK = 'A clock makes results depend on the moment';
const SPREAD = 'A literal is spread to please the line length';
const CAST = 'A cast through unknown switches the compiler off';

const engineFunctions =
  'exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh pow hypot cbrt';

interface Sample {
  readonly code: string;
  readonly ban: string;
}

const rounding: readonly Sample[] = [
  ...engineFunctions.split(' ').map((name) => `export const y = Math.${name}(1);`),
  'export const y = [1, 2].map(Math.exp);',
  'export const y = globalThis.Math.exp(1);',
  "export const y = Math['exp'](1);",
  'export const { exp } = Math;',
  'const M = Math; export const y = M.exp(1);',
  'export const y = (x: number) => x ** 2;',
  'export const y = (x: number) => 2 ** x;',
  'export const y = 2 ** 0.5;',
  'export let y = 3; y **= 2;',
].map((code) => ({ code, ban: ROUNDING }));

const chance: readonly Sample[] = [
  'export const y = Math.random();',
  'export const y = [1, 2].map(Math.random);',
  'export const y = crypto.randomUUID();',
  'export const y = crypto.getRandomValues(new Uint8Array(4));',
].map((code) => ({ code, ban: CHANCE }));

const clocks: readonly Sample[] = [
  'export const y = Date.now();',
  'export const y = Date.now;',
  'export const y = new Date();',
  'export const y = new Date;',
  'export const y = Date();',
  'export const y = performance.now();',
  'export const y = process.hrtime.bigint();',
].map((code) => ({ code, ban: CLOCK }));

const spreads: readonly Sample[] = [
  'export const y = { ...{ a: 1, b: 2 }, c: 3 };',
  'export const y = { a: 1, ...{ b: 2 } };',
  'export const y = Math.max(...([1, 2] as const));',
  'export const y = Math.max(...([1, 2]));',
].map((code) => ({ code, ban: SPREAD }));

const casts: readonly Sample[] = [
  'export const y = 1 as unknown as string;',
  'export const y = (x: string) => x as unknown as { length: string };',
].map((code) => ({ code, ban: CAST }));

const innocent: readonly Sample[] = [
  'export const y = Math.sqrt(2) + Math.abs(-1) + Math.max(1, 2) + Math.floor(1.5) + Math.fround(0.1) + Math.PI;',
  'export const y = Math.imul(3, 5) + Math.clz32(1) + Math.round(2.5) + Math.sign(-1) + Math.trunc(1.5);',
  'export const y = 2 ** 32 + 2 ** -53 + 10 ** 6;',
  'export const y = new Date(2020, 1).getTime();',
  'export const y = (x: object, b?: number) => ({ ...x, ...(b === undefined ? {} : { b }) });',
  "export const y = (many: boolean) => ['a', ...(many ? ['b', 'c'] : []), ...['d', 'e']];",
  'export const y = 1 as unknown;',
  "import { exp } from '@longhand/tensor'; export const y = exp(1);",
  '// Math.exp and Math.random in a comment, Date.now() too.\nexport const y = "Math.exp(1)";',
].map((code) => ({ code, ban: 'none' }));

const samples = [...rounding, ...chance, ...clocks, ...spreads, ...casts, ...innocent];

/** Where the samples are put, and what is said of each there. */
const places = [
  { name: 'packages/example/src/math/*.ts', bans: [ROUNDING, CHANCE, CLOCK, SPREAD, CAST] },
  { name: 'apps/example/src/*.ts', bans: [ROUNDING, CHANCE, SPREAD, CAST] },
  { name: 'packages/example/src/*.test.ts', bans: [CHANCE, CLOCK, SPREAD] },
  { name: 'packages/example/src/*.bench.ts', bans: [CHANCE, SPREAD, CAST] },
].map(({ name, bans }, place) => ({
  name,
  cases: samples.map(({ code, ban }, index) => ({
    code,
    file: name.replace('*', `sample-${place}-${index}`),
    said: bans.includes(ban) ? ban : 'nothing',
  })),
}));

const workspace = fileURLToPath(new URL('../..', import.meta.url));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

let directory: string;
/** What the bans said, by the name of the sample's file. */
const reports = new Map<string, string[]>();

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'longhand-lint-'));
  cpSync(join(workspace, 'biome.json'), join(directory, 'biome.json'));
  cpSync(join(workspace, 'workspace/lint'), join(directory, 'workspace/lint'), { recursive: true });
  for (const { file, code } of places.flatMap(({ cases }) => cases)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), `${code}\n`);
  }
  const { stdout } = spawnSync(
    process.execPath,
    [biome, 'lint', '--reporter=github', '--max-diagnostics=none', 'packages', 'apps'],
    { cwd: directory, encoding: 'utf8' },
  );
  for (const [, file, message] of stdout.matchAll(/^::error title=plugin,file=([^,]+),.*?::(.*)$/gm)) {
    const name = basename(file as string);
    reports.set(name, [...(reports.get(name) ?? []), message as string]);
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(places)('in $name', ({ cases }) => {
  test.each(cases)('$code: $said', ({ file, said }) => {
    const messages = reports.get(basename(file)) ?? [];
    expect(messages).toEqual(said === 'nothing' ? [] : [expect.stringContaining(said)]);
  });
});
