/** Which code of the user's own may run, and what files call it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { conv2d, dense, flatten, type Layer, sequential } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { fromModule } from '@longhand/schema';
import { seededRandom } from '@longhand/tensor';
import { encodeModel } from '@longhand/training';
import { afterAll, afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { readModel } from './model-source';
import { codeOfNetworkFile, readNetworkFile } from './network-source';
import { OwnOption } from './options';
import { importCode, moduleName, moduleSetting, moduleUrl } from './own-modules';

const folder = mkdtempSync(join(tmpdir(), 'longhand-modules-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);
for (const name of ['a', 'b', 'models']) mkdirSync(at(name));

const says = 'globalThis.ran = (globalThis.ran ?? []).concat(import.meta.url);';
const layer = `export const layer = () => ({
  description: { kind: 'same' }, outputShape: (_where, input) => input, parameters: () => [], multiplyAdds: () => 0,
  prepare: ({ x, dx }) => ({ y: x, dy: dx, forward() {}, parameterGradients() {}, inputGradient() {} }),
});`;
const fresh = { count: 0 };
/** A module that no test has imported yet. */
function moduleFile(where: string, name = `own-${fresh.count++}.mjs`): string {
  writeFileSync(at(where, name), `${says}\n${layer}`);
  return at(where, name);
}
const url = (file: string): string => pathToFileURL(file).href;
const ran = (): unknown => (globalThis as { ran?: unknown }).ran ?? [];

let stderr: MockInstance;
beforeEach(() => {
  stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  stderr.mockRestore();
  (globalThis as { ran?: unknown }).ran = undefined;
});
const said = (): string => stderr.mock.calls.map(([text]) => text).join('');

/** A model whose layers are of these modules, in the folder `models`. */
async function modelFile(...modules: string[]): Promise<string> {
  const own = await Promise.all(
    modules.map(async (file, at) => [`own${at}`, await fromModule<Layer>({ module: url(file), export: 'layer' })]),
  );
  const network = sequential({
    input: [28, 28, 1],
    layers: {
      conv: conv2d({ outChannels: 2, kernel: 5 }),
      ...Object.fromEntries(own),
      flatten: flatten(),
      fc: dense({ outFeatures: 10 }),
    },
  });
  const parameters = network.initialize(seededRandom(1));
  const file = at('models', `model-${fresh.count++}.safetensors`);
  const model = { network, parameters, normalization: mnistNormalization, classes: [...'0123456789'] };
  writeFileSync(file, encodeModel(model, { moduleName: (given) => moduleName(given, at('models')) }));
  (globalThis as { ran?: unknown }).ran = undefined;
  return file;
}

describe('a model file', () => {
  test('runs no code by itself; the line says what to type', async () => {
    const own = moduleFile('a');
    const file = await modelFile(own);
    await expect(readModel(file)).rejects.toThrow(
      `${file}: names code of your own, which runs only if you say so; if you trust it, add --module ${relative('', own)}`,
    );
    expect([ran(), said()]).toEqual([[], '']);
  });

  test('runs the module that is given, and that is said', async () => {
    const own = moduleFile('a');
    const file = await modelFile(own);
    const { network } = await readModel(file, { module: [own] });
    expect(network.layers[1].layer.description.kind).toBe('same');
    expect(said()).toBe(`note: this runs code of your own: ${relative('', own)}\n`);
  });

  test('has relative names, and takes a module that was moved', async () => {
    const own = moduleFile('a');
    const file = await modelFile(own);
    const name = relative(folder, own).replaceAll('\\', '/');
    rmSync(own);
    await expect(readModel(file)).rejects.toThrow(
      `expected the module that it names, but there is no file ${relative('', own)}; name it where it is now: --module <folder>/${name.slice(2)}`,
    );
    const moved = moduleFile('b', name.slice(2));
    await readModel(file, { module: [moved] });
    expect(ran()).toEqual([url(moved)]);
  });

  test('with two modules of one name needs their very files', async () => {
    const [one, other] = [moduleFile('a', 'twin.mjs'), moduleFile('b', 'twin.mjs')];
    const file = await modelFile(one, other);
    mkdirSync(at('models', 'copy'), { recursive: true });
    const third = moduleFile('models/copy', 'twin.mjs');
    await expect(readModel(file, { module: [third] })).rejects.toThrow(`--module ${relative('', other)}`);
    expect((await readModel(file, { module: [one, other] })).network.layers).toHaveLength(5);
  });

  test('takes no other module in place of the one that it names', async () => {
    const file = await modelFile(moduleFile('a'));
    const other = moduleFile('a');
    await expect(readModel(file, { module: [other] })).rejects.toThrow('names code of your own');
    await expect(readModel(await modelFile(), { module: [other] })).rejects.toThrow(
      `option '--module': expected a module that ${at('models')}`,
    );
    expect(ran()).toEqual([]);
  });

  test('that names code in itself is refused, whatever is given', async () => {
    const evil = 'data:text/javascript,globalThis.ran=1';
    const named = { urls: [evil, 'https://example.org/own.mjs'], by: 'm.safetensors' };
    await expect(importCode({ named, given: [evil, 'own.mjs'] })).rejects.toThrow(
      `m.safetensors: expected modules in files, got "${evil}", which is never run`,
    );
    expect(ran()).toEqual([]);
  });
});

describe('a network file', () => {
  const network = (module: string): string => {
    const file = at(`net-${fresh.count++}.json`);
    writeFileSync(
      file,
      JSON.stringify({ layers: ['flatten', { module, export: 'layer' }, { kind: 'dense', outFeatures: 10 }] }),
    );
    return file;
  };

  test('runs the modules that it names, by paths from its folder', async () => {
    const own = moduleFile('a');
    const file = network(relative(folder, own));
    const code = await codeOfNetworkFile(file);
    expect([ran(), said()]).toEqual([[url(own)], `note: this runs code of your own: ${relative('', own)}\n`]);
    expect(readNetworkFile(file, [28, 28], code).layers[1].name).toBe('layer');
    // Without the code nothing of the kind is built.
    expect(() => readNetworkFile(file, [28, 28])).toThrow(`${file}: layer: module ${url(own)}: expected to be told`);
  });

  test.each(['data:text/javascript,export const layer=1', 'https://example.org/layer.mjs', 'node:fs'])(
    '%s is refused',
    async (module) => {
      await expect(codeOfNetworkFile(network(module))).rejects.toThrow('expected the path of a module');
    },
  );

  test('a module that is not there', async () => {
    await expect(codeOfNetworkFile(network('./nowhere.mjs'))).rejects.toThrow(
      `${relative('', at('nowhere.mjs'))}: expected the file of a module, got none`,
    );
    expect(said()).toBe('');
  });
});

describe('a setting', () => {
  const error = (message: string): Error => new Error(message);
  const reference = (written: unknown) => moduleSetting(written, folder, error);

  test.each<[unknown, string, object]>([
    ['./hinge.mjs', 'default', {}],
    ['hinge.mjs#hinge', 'hinge', {}],
    ['{"module":"./hinge.mjs","export":"hinge","options":{"margin":2}}', 'hinge', { margin: 2 }],
    [{ module: './hinge.mjs', options: { margin: 2 } }, 'default', { margin: 2 }],
  ])('%j', (written, name, options) => {
    expect(reference(written)).toEqual({ module: url(at('hinge.mjs')), export: name, options });
  });

  test.each<[unknown, string]>([
    ['', 'module: expected the path of a file, got ""'],
    ['data:text/javascript,1', 'module: expected the path of a file, got "data:text/javascript,1"'],
    ['{"module"', 'module: expected JSON, got "{\\"module\\""'],
    [{ module: './a.mjs', margin: 1 }, "module: expected one of the keys module, export, options, got 'margin'"],
    [{ export: 'a' }, "module: expected a text as 'module', got none"],
  ])('%j is refused', (written, message) => {
    expect(() => reference(written)).toThrow(message);
  });

  test('may be a name or a module, and of several each is one', () => {
    const optimizer = new OwnOption('--optimizer <name>', '', { names: ['sgd'] });
    expect(optimizer.parseFrom('sgd', folder)).toBe('sgd');
    expect(optimizer.parseFrom('./mine.mjs', folder)).toMatchObject({ module: url(at('mine.mjs')) });
    expect(() => optimizer.parseFrom('sdg', folder)).toThrow('Allowed choices are sgd, or your own');
    const metric = new OwnOption('--metric <module>', '', { repeats: true });
    expect(metric.parseFrom(['./a.mjs', './b.mjs'], folder)).toHaveLength(2);
    expect(metric.parseArg?.('./a.mjs', ['before'])).toHaveLength(2);
  });
});

test('names are paths from the folder of a file, and lead back', () => {
  const file = url(at('a', 'own.mjs'));
  expect(moduleName(file, at('models'))).toBe('../a/own.mjs');
  expect(moduleName(file, at('a'))).toBe('./own.mjs');
  for (const from of ['models', 'a']) expect(moduleUrl(moduleName(file, at(from)), at(from))).toBe(file);
  expect(moduleName('https://example.org/own.mjs', folder)).toBe('https://example.org/own.mjs');
});
