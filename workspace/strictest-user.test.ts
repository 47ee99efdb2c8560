/**
 * What a user with the strictest settings writes type-checks: with `noUncheckedIndexedAccess`, and with the browsers' types of `Blob`
 * and `Response` rather than Node's. So does the TypeScript of the guide to layers of one's own, with `strict` alone.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkGradients, dense, flatten, sequential } from '@longhand/layers';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { hinge } from '../docs/your-own-layer/hinge';
import { limitedMomentum } from '../docs/your-own-layer/limited-momentum';
import { residualBlock } from '../docs/your-own-layer/residual-block';
import { codeBlocks, textOf } from './documents';
import { packages, workspaceFolder } from './workspace-packages';

const options = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['@longhand/source'],
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  skipLibCheck: true,
} satisfies ts.CompilerOptions;

/** Reads the libraries once for all programs. */
const host = ts.createCompilerHost(options);
const { getSourceFile } = host;
const read = new Map<string, ts.SourceFile | undefined>();
host.getSourceFile = (name, ...how) => {
  if (!read.has(name)) read.set(name, getSourceFile(name, ...how));
  return read.get(name);
};

// The texts show that the files are there, and are checked.
test.each([
  ['fit-styles.test.ts', 'history[0]?.'],
  ['own-loop.test.ts', 'new Blob([bytes])'],
])('the programs of %s', (name, part) => {
  const file = join(workspaceFolder, 'packages/training/src', name);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  const faults = [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)];
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  expect(source?.text).toContain(part);
});

const guide = join(workspaceFolder, 'docs/your-own-layer');

test('the layer, the loss and the optimizer of the guide, in TypeScript', () => {
  const files = readdirSync(guide).map((name) => join(guide, name));
  expect(files).toHaveLength(3);
  // As `tsc --init` sets it: an element of an array is there.
  const strict = { ...options, noUncheckedIndexedAccess: false, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] };
  const program = ts.createProgram(files, strict);
  const faults = files.flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)];
  });
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
});

test('they work', () => {
  const network = sequential({
    input: [4, 4, 2],
    layers: { block: residualBlock({ channels: 2 }), flatten: flatten(), fc: dense({ outFeatures: 3 }) },
  });
  const report = checkGradients(network, { loss: hinge({}), samplesPerArray: 20 });
  expect(report.passed, report.message).toBe(true);

  const values = Float64Array.of(1, 2);
  const { update, slots } = limitedMomentum({ learningRate: 1, momentum: 0.5, longest: 5 }).prepare(values);
  update(Float64Array.of(0, 1));
  expect([...values]).toEqual([1, 1]);
  update(Float64Array.of(8, 5.5)); // a velocity of [8, 6], of which the half is as long as allowed
  expect([...values, ...(slots.velocity ?? [])]).toEqual([-3, -2, 8, 6]);
});

test('the first program of the guide, as TypeScript with the settings that stand below it', () => {
  const blocks = codeBlocks(textOf('docs/start.md'));
  const [program = '', settings = ''] = ['js', 'json'].map(
    (of) => blocks.find(({ language }) => language === of)?.code,
  );
  const { options: given, errors } = ts.convertCompilerOptionsFromJson(JSON.parse(settings).compilerOptions, '.');
  expect(errors).toEqual([]);
  const file = join(workspaceFolder, 'first.mts');
  const host = ts.createCompilerHost(given);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? program : readFile(path));
  // The sources of the packages import each other as bundlers resolve it.
  const { customConditions, module, moduleResolution } = options;
  const compiled = ts.createProgram(
    [file],
    { ...given, noEmit: true, customConditions, module, moduleResolution },
    host,
  );
  const faults = compiled.getSemanticDiagnostics(compiled.getSourceFile(file));
  expect(program).toContain('await fit(');
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
});

/** Parts of arrays that the caller has given, whatever memory they lie in, and memory that workers see, which a Blob refuses. */
const views = ['bytesOf', 'imageAt', 'readShared', 'readSharedAsync', 'sharedBytes'];

test('bytes that a function returns go into a Blob', () => {
  const files = packages
    .flatMap(({ folder }) => ['src/index.ts', 'src/node.ts'].map((name) => join(folder, name)))
    .filter((file) => existsSync(file));
  const program = ts.createProgram(files, options, host);
  const checker = program.getTypeChecker();
  const returning: string[] = [];
  const faults: string[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const type = checker.getTypeOfSymbol(exported);
      for (const signature of type.getCallSignatures()) {
        const returned = checker.getAwaitedType(signature.getReturnType()) ?? signature.getReturnType();
        if (returned.getSymbol()?.name !== 'Uint8Array' || views.includes(exported.name)) continue;
        returning.push(exported.name);
        const [buffer] = checker.getTypeArguments(returned as ts.TypeReference);
        if (buffer?.getSymbol()?.name !== 'ArrayBuffer')
          faults.push(`${exported.name}: ${checker.typeToString(returned)}`);
      }
    }
  }
  expect(faults).toEqual([]);
  expect(returning).toEqual(
    expect.arrayContaining([
      'encodeModel',
      'encodeOnnxModel',
      'encodeCheckpoint',
      'writeSafetensors',
      'writeIdx',
      'encodePng',
    ]),
  );
});
