/** The exported names of all packages with their docstrings, as an editor shows them. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
// @ts-expect-error: plain JavaScript
import { librarySources } from './package-sources.mjs';
import { workspaceFolder } from './workspace-packages';

export interface PublicName {
  /** The entry point: `@longhand/datasets/node`. */
  readonly from: string;
  /** `conv2d`; of a member with the name that it belongs to: `Conv2dOptions.kernel`. */
  readonly name: string;
  /** The file and line of its declaration. */
  readonly where: string;
  /** The docstring without its tags. */
  readonly text: string;
  /** The examples, as code. */
  readonly examples: readonly string[];
  readonly isFunction: boolean;
  /** A member that may be left out of an object of options. */
  readonly isOption: boolean;
}

/** Entry points by name. */
export const sources: Readonly<Record<string, string>> = librarySources;

const { config } = ts.readConfigFile(join(workspaceFolder, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8'));
const base = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, workspaceFolder);

/** As a user of Node and of browsers compiles. */
export const compilerOptions: ts.CompilerOptions = {
  ...base.options,
  noEmit: true,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  noUnusedLocals: false,
};

/** Every exported name, and the members of those that are interfaces and classes. */
export function publicNames(program: ts.Program): PublicName[] {
  const checker = program.getTypeChecker();
  return Object.entries(sources).flatMap(([from, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol;
    return checker.getExportsOfModule(module).flatMap((exported) => {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      const own = nameOf(checker, symbol, { from, name: exported.name });
      const members = membersOf(checker, symbol).map((member) =>
        nameOf(checker, member, { from, name: `${exported.name}.${member.name}` }),
      );
      return [own, ...members];
    });
  });
}

/** The names that TypeScript knows without an import. */
export function globalNames(program: ts.Program): Set<string> {
  const scope = program.getSourceFile(Object.values(sources)[0] as string) as ts.SourceFile;
  const symbols = program
    .getTypeChecker()
    .getSymbolsInScope(scope, ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace);
  const isGlobal = ({ declarations = [] }: ts.Symbol) =>
    declarations.some((declaration) => program.isSourceFileDefaultLibrary(declaration.getSourceFile()));
  return new Set(symbols.filter(isGlobal).map(({ name }) => name));
}

function nameOf(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  { from, name }: Pick<PublicName, 'from' | 'name'>,
): PublicName {
  const declaration = symbol.declarations?.[0] as ts.Declaration;
  const source = declaration.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
  const tags = symbol.getJsDocTags(checker).filter((tag) => tag.name === 'example');
  const isValue = (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) !== 0;
  return {
    from,
    name,
    where: `${relative(workspaceFolder, source.fileName)}:${line + 1}`,
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    examples: tags.map(({ text }) => ts.displayPartsToString(text)),
    isFunction: isValue && checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0,
    isOption: /Options\./.test(name) && (symbol.flags & ts.SymbolFlags.Optional) !== 0,
  };
}

/** What of an interface or class is ours, inherited members included. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.declarations ?? []).some(hasMembers)) return [];
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .filter(({ declarations = [] }) => declarations.some(isOwnMember));
}

function hasMembers(declaration: ts.Declaration): boolean {
  if (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)) return true;
  const type = ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined;
  return type !== undefined && (ts.isTypeLiteralNode(type) || ts.isIntersectionTypeNode(type));
}

function isOwnMember(declaration: ts.Declaration): boolean {
  const name = ts.getNameOfDeclaration(declaration);
  if (name === undefined || ts.isPrivateIdentifier(name) || ts.isComputedPropertyName(name)) return false;
  if ((ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) !== 0) return false;
  const { fileName } = declaration.getSourceFile();
  return fileName.startsWith(join(workspaceFolder, 'packages')) && !fileName.includes('/node_modules/');
}
