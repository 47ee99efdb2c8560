/** The documents of the repository, and the code blocks in them. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ownFiles, workspaceFolder } from './workspace-packages';

export interface CodeBlock {
  /** `js`, `ts`, `sh`, `text` … */
  readonly language: string;
  readonly code: string;
  /** The name of the file that it is, by its first line: `// first.mjs`. */
  readonly file: string | undefined;
  /** Why it is not run, by the comment before it: `<!-- not run: … -->`. */
  readonly notRun: string | undefined;
}

/** The Markdown files that we wrote, by their paths from the root. The reference is made from the code. */
export function documents(): readonly string[] {
  return ownFiles(workspaceFolder)
    .map((path) => relative(workspaceFolder, path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !/^(docs\/reference|runs|models)\//.test(path));
}

export function textOf(document: string): string {
  return readFileSync(join(workspaceFolder, document), 'utf8');
}

/** The fenced code blocks of a document, in order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const pattern = /^(?:<!-- not run: (.+?) -->\r?\n\s*)?```(\w*)\r?\n(.*?)^```/gms;
  return [...markdown.matchAll(pattern)].map(([, notRun, language = '', code = '']) => ({
    language,
    code,
    notRun,
    file: /^(?:\/\/|#) ([\w.-]+\.\w+)\r?\n/.exec(code)?.[1],
  }));
}
