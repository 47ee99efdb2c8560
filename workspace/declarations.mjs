/**
 * Writes the declarations of all packages, file by file, with one program of the compiler: sources that packages share are parsed and
 * inferred once. What tsup publishes of a package it bundles from these files; by itself it would begin a program for each package, over
 * the sources of all that it depends on. Types are checked elsewhere, by `npm test`: here only what declarations want is inferred.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './child.mjs';
import { librarySources } from './package-sources.mjs';

const folder = join(root, '.turbo/declarations');
const formatHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(Object.values(librarySources), {
  ...options,
  declaration: true,
  emitDeclarationOnly: true,
  noCheck: true,
  rootDir: root,
  outDir: folder,
});
rmSync(folder, { recursive: true, force: true });
const faults = [...program.getSyntacticDiagnostics(), ...program.emit().diagnostics];
if (faults.length > 0) {
  console.error(ts.formatDiagnostics(faults, formatHost));
  process.exitCode = 1;
}
