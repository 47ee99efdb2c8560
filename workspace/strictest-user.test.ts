/**
 * What a user with the strictest settings writes type-checks: with `noUncheckedIndexedAccess`, and with the browsers' types of `Blob`
 * and `Response` rather than Node's.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { packages, workspaceFolder } from './workspace-packages';

const options: ts.CompilerOptions = {
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
};

// The texts show that the files are there, and are checked.
test.each([
  ['fit-styles.test.ts', 'history[0]?.'],
  ['own-loop.test.ts', 'new Blob([bytes])'],
])('the programs of %s', (name, part) => {
  const file = join(workspaceFolder, 'packages/training/src', name);
  const program = ts.createProgram([file], options);
  const source = program.getSourceFile(file);
  const faults = [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)];
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  expect(source?.text).toContain(part);
});

/** Parts of arrays that the caller has given, whatever memory they lie in, and memory that workers see, which a Blob refuses. */
const views = ['bytesOf', 'imageAt', 'readShared', 'sharedBytes'];

test('bytes that a function returns go into a Blob', () => {
  const files = packages
    .flatMap(({ folder }) => ['src/index.ts', 'src/node.ts'].map((name) => join(folder, name)))
    .filter((file) => existsSync(file));
  const program = ts.createProgram(files, options);
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
