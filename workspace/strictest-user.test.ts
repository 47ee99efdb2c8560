/**
 * What a user with the strictest settings writes type-checks: with `noUncheckedIndexedAccess`, and with the browsers' types of `Blob`
 * and `Response` rather than Node's.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { workspaceFolder } from './workspace-packages';

test('the three styles of fit', () => {
  const file = join(workspaceFolder, 'packages/training/src/fit-styles.test.ts');
  const program = ts.createProgram([file], {
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
  });
  const source = program.getSourceFile(file);
  const faults = [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)];
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  // It is there, and it is checked: an entry of a list may be missing.
  const text = source?.text ?? '';
  expect(text).toContain('history[0]?.');
});
