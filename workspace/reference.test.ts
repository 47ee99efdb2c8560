/**
 * The reference is made without a warning of TypeDoc and without a dead link.
 *
 * @module-tag exhaustive
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
// @ts-expect-error: a script without types.
import { librarySources } from './package-sources.mjs';
import { workspaceFolder } from './workspace-packages';

const folder = mkdtempSync(join(tmpdir(), 'longhand-reference-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a page for each name, and a sidebar of all packages', () => {
  const script = join(workspaceFolder, 'workspace/reference.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
  expect(readFileSync(join(folder, 'layers/functions/conv2d.md'), 'utf8')).toContain(
    'conv2d({ outChannels: 6, kernel: 5 })',
  );

  const index = readFileSync(join(folder, 'index.md'), 'utf8');
  expect(index).toContain('| [@longhand/tensor](tensor/index.md) | A shape over a flat typed array, ');
  expect(index).toContain(
    '| [@longhand/mnist/node](mnist/node/index.md) | The part of the package that reads the installed files',
  );
  expect(index).not.toContain('| - |');

  const sidebar: SidebarItem[] = JSON.parse(readFileSync(join(folder, 'typedoc-sidebar.json'), 'utf8'));
  expect(sidebar.map(({ text }) => text)).toEqual(Object.keys(librarySources).sort());
  const missing = sidebar.flatMap(linksOf).filter((link) => !existsSync(join(folder, pageOf(link))));
  expect(missing).toEqual([]);
});

interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  readonly items?: readonly SidebarItem[];
}

function linksOf({ link, items = [] }: SidebarItem): string[] {
  return [...(link === undefined ? [] : [link]), ...items.flatMap(linksOf)];
}

function pageOf(link: string): string {
  return link
    .replace(/^\/reference\//, '')
    .replace(/\.html$/, '.md')
    .replace(/\/$/, '/index.md');
}
