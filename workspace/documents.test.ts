/** Links between documents lead somewhere, and no code block is there that nothing runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript
import { linkTarget } from '../docs/.vitepress/links.mjs';
// @ts-expect-error: plain JavaScript
import { pages } from '../docs/.vitepress/pages.mjs';
import { codeBlocks, documents, textOf } from './documents';
import { workspaceFolder } from './workspace-packages';

/** The part of an address behind `#` that a headline has, where the repository is read and on the site. */
function anchorOf(headline: string): string {
  return headline
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');
}

function anchorsOf(document: string): readonly string[] {
  const text = textOf(document).replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, headline = '']) => anchorOf(headline));
}

describe.each(documents())('%s', (document) => {
  const text = textOf(document);

  test('has no dead link', () => {
    const dead = [...text.replace(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
      .map(([, link, source]) => link ?? source ?? '')
      .filter((link) => {
        const target = linkTarget(document, link);
        if (target === undefined) return false;
        const path = join(workspaceFolder, target.path);
        if (!existsSync(path)) return true;
        const readme = `${target.path.replace(/\/$/, '')}/README.md`;
        const read = existsSync(join(workspaceFolder, readme)) ? readme : target.path;
        return target.anchor !== undefined && !anchorsOf(read).includes(target.anchor);
      });
    expect(dead).toEqual([]);
  });

  test('has code that is run, or says why it is not', () => {
    const first = codeBlocks(text).findIndex(({ language }) => language === 'ts');
    const unknown = codeBlocks(text).filter(({ language, notRun }, index) => {
      if (notRun !== undefined || ['text', ''].includes(language)) return false;
      // The tests of the packed packages run the first one of a README.
      if (language === 'ts' && index === first && /^(packages\/[^/]+\/)?README\.md$/.test(document)) return false;
      // The others are run by the tests of programs in documents, and those of the examples.
      return !(/^docs\//.test(document) || (language === 'sh' && /README\.md$/.test(document)));
    });
    expect(unknown.map(({ code }) => code.split('\n')[0])).toEqual([]);
  });
});

test('every document in docs is a page of the site', () => {
  expect(documents().filter((path) => path.startsWith('docs/') && !pages.includes(path))).toEqual([]);
});

test('the commands of the examples’ READMEs are those of their package.json', () => {
  for (const document of documents().filter((path) => path.startsWith('examples/'))) {
    const { scripts } = JSON.parse(readFileSync(join(workspaceFolder, document, '../package.json'), 'utf8'));
    const lines = codeBlocks(textOf(document)).flatMap(({ language, code }) =>
      language === 'sh' ? code.split('\n') : [],
    );
    const named = lines.flatMap((line) => /^npm (?:run (\w+)|(start))/.exec(line)?.slice(1) ?? []).filter(Boolean);
    expect(named.length, document).toBeGreaterThan(0);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  }
});
