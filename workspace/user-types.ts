/** TypeScript as a strict user has set it, and nothing installed but the packages. */
import ts from 'typescript';

const options: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  // The declarations of packages are checked; those of the language, TypeScript has checked.
  skipLibCheck: false,
  skipDefaultLibCheck: true,
};

/**
 * Compiles a file to JavaScript beside it: without types of Node (the console is the browsers'), and the declarations of packages
 * are checked as well. Gives the errors.
 */
export function compile(path: string): string[] {
  const program = ts.createProgram([path], options, compilerHost());
  const { diagnostics } = program.emit();
  return texts([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
}

/** The ways in which programs of today find modules. */
const resolutions = {
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
} satisfies Record<string, ts.CompilerOptions>;

/** The errors of a file and of all declarations that it leads to, with the strictest settings. */
export function typeFaults(path: string, resolution: keyof typeof resolutions): string[] {
  const program = ts.createProgram(
    [path],
    { ...options, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, ...resolutions[resolution] },
    compilerHost(),
  );
  return texts(ts.getPreEmitDiagnostics(program));
}

function texts(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map((diagnostic) => ts.formatDiagnostic(diagnostic, formatHost).trimEnd());
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
