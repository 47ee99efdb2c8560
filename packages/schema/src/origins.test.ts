import { expect, test } from 'vitest';
import {
  builtIn,
  described,
  fromModule,
  importFault,
  importModules,
  isBuiltIn,
  ModuleError,
  type ModuleOptions,
  madeFrom,
  moduleOf,
  modulesIn,
  withModuleNames,
} from './origins';

const module = new URL('../fixtures/modules.mjs', import.meta.url).href;

test('a built-in object is marked and frozen; a copy of it is another object', () => {
  const relu = builtIn({ description: { kind: 'relu' }, forward: () => 0 });
  expect(isBuiltIn(relu)).toBe(true);
  expect(described(relu)).toEqual({ kind: 'relu' });
  expect(isBuiltIn({ ...relu })).toBe(false);
  expect(described({ ...relu })).toBeUndefined();
  expect(described(Object.create(relu))).toBeUndefined();
  // Otherwise a changed method would be replaced without a word.
  expect(() => Object.assign(relu, { forward: () => 1 })).toThrow(TypeError);
});

test('an object with a part of the user is no built-in one', async () => {
  const [own, ofModule] = [{ kind: 'own' }, await fromModule({ module })];
  expect(isBuiltIn(builtIn({}, [builtIn({}), ofModule]))).toBe(true);
  expect(isBuiltIn(builtIn({}, [builtIn({}), own]))).toBe(false);
});

test('a module’s export is called with a copy of the options, and what it returns is remembered', async () => {
  const options = { factor: 2, names: ['a', null] };
  const layer = await fromModule<{ description: object; options: object }>({ module, export: 'scale', options });
  expect(layer.options).toEqual(options);
  expect(layer.options).not.toBe(options);
  const reference = { module, export: 'scale', options };
  expect(moduleOf(layer)).toEqual(reference);
  expect(described(layer)).toEqual(reference);
  expect(described({ ...layer })).toBeUndefined();
  // As a worker makes it.
  const [url] = modulesIn({ layers: [{ name: 'scale', ...reference, options: { module: 'no reference' } }] });
  expect(madeFrom(reference, await importModules([url]))).toEqual(layer);
});

test('the default export, called without options, and a function that is returned', async () => {
  expect(await fromModule({ module: new URL(module) })).toEqual({ kind: 'default' });
  const count = await fromModule<() => number>({ module, export: 'count' });
  expect(count()).toBe(1);
  expect(moduleOf(count)).toEqual({ module, export: 'count', options: {} });
});

test('modules of a description are listed once, wherever they are', () => {
  const a = { module: 'data:a', export: 'a' };
  expect(modulesIn({ layers: [a, { kind: 'relu' }, { body: [{ module: 'data:b' }, a] }], loss: null })).toEqual([
    'data:a',
    'data:b',
  ]);
});

test('however deep a description is, and modules may be called by other names', () => {
  let deep: unknown = { module: './a.mjs', options: { module: 'no reference' } };
  const renamed = withModuleNames([{ body: deep, kind: 'relu' }], (name) => `file:///b/${name.slice(2)}`);
  expect(renamed).toEqual([{ body: { module: 'file:///b/a.mjs', options: { module: 'no reference' } }, kind: 'relu' }]);
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(modulesIn(deep)).toEqual(['./a.mjs']);
});

test.each<[ModuleOptions, string]>([
  [
    { module: './layer.mjs' },
    "module ./layer.mjs: expected a URL, got a path or a package; give new URL('./layer.mjs', import.meta.url), or import.meta.resolve('./layer.mjs')",
  ],
  [{ module: 'C:\\layer.mjs' }, 'expected a URL'],
  [{ module, export: 'nothing' }, 'expected an object from nothing(), got none'],
  [{ module, export: 'text' }, 'expected a function as export \'text\', got "no function"; its functions: '],
  [
    { module, export: 'scales' },
    "expected a function as export 'scales', got none; its functions: count, default, nothing, scale",
  ],
  [{ module, export: 'toString' }, "expected a function as export 'toString', got none"],
  [
    { module, options: { f: () => 1 } },
    'expected JSON data as options.f, which workers and files can be given, got a function',
  ],
  [{ module, options: { list: [1, Number.NaN] } }, 'expected JSON data as options.list[1]'],
  [{ module, options: new Float32Array(1) }, 'got a Float32Array'],
  [
    { module: 'file:///no/such/file.mjs' },
    'module file:///no/such/file.mjs: expected a module that can be imported, got the error: ',
  ],
])('refuses %o in one line', async (options, message) => {
  const refusal = await fromModule(options).catch((error) => error);
  expect(refusal).toBeInstanceOf(ModuleError);
  expect(refusal.message).toContain(message);
  expect(refusal.message).not.toContain('\n');
});

test('TypeScript that a thread cannot import is told what to do', () => {
  const error = Object.assign(new TypeError('Unknown file extension ".ts"'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' });
  expect(importFault('file:///focal.ts', error)).toBe(
    'module file:///focal.ts: expected JavaScript, which workers import without a loader such as tsx, got TypeScript; compile it first and give the .js file, or run it with Node 22.18 or newer, which takes TypeScript as it is',
  );
  expect(importFault('file:///focal.coffee', error)).toContain('got the error: Unknown file extension');
  expect(importFault('file:///focal.ts', new SyntaxError('a\nb'))).toMatch(/got the error: a$/);
});

test('no module runs that was not given', () => {
  expect(() => madeFrom({ module: 'file:///own.mjs' }, {})).toThrow(
    'module file:///own.mjs: expected to be told that its code may run, got no such permission; if you trust it, give it among the modules',
  );
});
