/** TypeScript as a strict user has set it, and nothing installed but the packages. */
import ts from 'typescript';

const options: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  skipDefaultLibCheck: true,
};

/**
 * Compiles a file to JavaScript beside it: without types of Node (the console is the browsers'), and the declarations of packages
 * are checked as well. Gives the errors.
 */
export function compile(path: string): string[] {
  const program = ts.createProgram([path], options, compilerHost());
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map((diagnostic) =>
    ts.formatDiagnostic(diagnostic, formatHost).trimEnd(),
  );
}

/** Parses the standard library once for all programs. */
function compilerHost(): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (fileName, ...rest) => {
    const isLibrary = /[\\/]lib\.[\w.]+\.d\.ts$/.test(fileName);
    const parsed = libraryFiles.get(fileName) ?? getSourceFile(fileName, ...rest);
    if (isLibrary && parsed !== undefined) libraryFiles.set(fileName, parsed);
    return parsed;
  };
  return host;
}

const libraryFiles = new Map<string, ts.SourceFile>();

const formatHost: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (fileName) => fileName,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
