/** What other libraries do differently: each script has its row in the table, and says how it was found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspaceFolder } from './workspace-packages';

const scripts = readdirSync(join(workspaceFolder, 'findings'));
const table = readFileSync(join(workspaceFolder, 'docs/differences.md'), 'utf8');

test('the table names every script once, and no other', () => {
  const named = [...table.matchAll(/\(\.\.\/findings\/([^)]+)\)/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(scripts.toSorted());
});

test.each(scripts)(
  '%s says what was guessed, what was seen and in which version, and stops at a difference',
  (name) => {
    const script = readFileSync(join(workspaceFolder, 'findings', name), 'utf8');
    expect(script).toMatch(/^#!\/usr\/bin\/env bash\n# [^\n]+\n#\n# Guessed: [\s\S]+\n# Seen [\s\S]*?\d+\.\d+\.\d+/);
    expect(script).toMatch(/\nset -euo pipefail\n/);
    expect(script).toMatch(/as stated above/);
  },
);
