/**
 * The example in a README: its first ```ts block, and what it says it prints.
 *
 * A comment behind a `console.log(…)`, or on the lines right below it, is what is printed; a remark to the reader may
 * follow in parentheses. Comments elsewhere, an empty line away, are only comments.
 *
 * ```ts
 * console.log(6 * 28 * 28); // 4704 (activations)
 * ```
 */
import ts from 'typescript';

export interface ReadmeExample {
  readonly code: string;
  /** The lines it says it prints, in their order. */
  readonly outputs: readonly string[];
}

/** Reads the first ```ts block; undefined if there is none. */
export function readmeExample(markdown: string): ReadmeExample | undefined {
  const code = /^```ts\r?\n(.*?)^```/ms.exec(markdown)?.[1];
  return code === undefined ? undefined : { code, outputs: statedOutputs(code) };
}

/** The first stated line that is not printed after those before it, with or without its remark; undefined if all are. */
export function missingOutput(stated: readonly string[], printed: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  let from = 0;
  return stated.find((output) => {
    const found = lines.findIndex((line, index) => index >= from && (line === output || isRemarkedOn(line, output)));
    from = found + 1;
    return found === -1;
  });
}

function isRemarkedOn(line: string, output: string): boolean {
  return output.startsWith(`${line} (`) && output.endsWith(')');
}

export function statedOutputs(code: string): string[] {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest);
  const outputs: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) && node.getText(source).startsWith('console.log(')) {
      outputs.push(...commentLinesAfter(node.end, code));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return outputs;
}

/** The `//` comments that follow without an empty line or code between. */
function commentLinesAfter(position: number, code: string): string[] {
  const comments = /^[ \t]*(\/\/[^\n]*)?(\n[ \t]*\/\/[^\n]*)*/.exec(code.slice(position))?.[0] ?? '';
  return comments.split('\n').flatMap((line) => {
    const text = /\/\/ ?(.*)/.exec(line)?.[1];
    return text === undefined ? [] : [text.trimEnd()];
  });
}
