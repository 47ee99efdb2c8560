/**
 * The examples of docstrings, made into programs.
 *
 * What the example's own package exports is there without an import. A comment behind an expression is its value, `…` in it stands
 * for anything, and a remark to the reader may follow in parentheses; that of a layer, `[28, 28, 1] → [24, 24, 6]`, is its output
 * shape. `throws: …` is the message of an error. What `console.log` prints stands behind it or below, as in a README.
 */
import ts from 'typescript';

export interface ExampleProgram {
  /** The example as a module, for the compiler. */
  readonly module: string;
  /** The same as a module with a function, which is given how it tells the value of each expression with a comment. */
  readonly reporting: string;
}

/** @param exported the names that the example's package exports */
export function exampleProgram(code: string, from: string, exported: readonly string[]): ExampleProgram {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const used = identifiersIn(source);
  const names = exported.filter((name) => used.mentioned.has(name) && !used.declared.has(name));
  const head = names.length > 0 ? [`import { ${names.join(', ')} } from '${from}';`] : [];
  const body: string[] = [];
  for (const statement of source.statements) {
    const value = valueBehind(statement, code);
    if (ts.isImportDeclaration(statement)) head.push(statement.getText());
    else if (value === undefined) body.push(statement.getText());
    else body.push(`await report(${JSON.stringify(value.comment)}, async () => (${value.expression}));`);
  }
  const statements = source.statements.filter((statement) => !ts.isImportDeclaration(statement));
  return {
    module: [...head, ...statements.map((statement) => statement.getText()), 'export {};'].join('\n'),
    reporting: [...head, 'export default async (report) => {', ...body, '};'].join('\n'),
  };
}

/** An expression with a comment behind it. */
function valueBehind(statement: ts.Statement, code: string): { expression: string; comment: string } | undefined {
  if (!ts.isExpressionStatement(statement) || statement.getText().startsWith('console.log(')) return undefined;
  const comment = /^[ \t]*\/\/ ?(.*)/.exec(code.slice(statement.end))?.[1]?.trimEnd();
  return comment === undefined ? undefined : { expression: statement.expression.getText(), comment };
}

function identifiersIn(source: ts.SourceFile): { mentioned: Set<string>; declared: Set<string> } {
  const [mentioned, declared] = [new Set<string>(), new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isName = ts.isPropertyAccessExpression(parent)
        ? parent.name === node
        : ts.isPropertyAssignment(parent) && parent.name === node;
      const declares =
        ts.isImportSpecifier(parent) ||
        ((ts.isVariableDeclaration(parent) ||
          ts.isBindingElement(parent) ||
          ts.isParameter(parent) ||
          ts.isFunctionDeclaration(parent)) &&
          parent.name === node);
      if (declares) declared.add(node.text);
      else if (!isName) mentioned.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { mentioned, declared };
}
