/**
 * One vitest for the whole workspace: a project per package and app, one for the benchmarks and one for the workspace itself.
 * The condition `@longhand/source` makes packages import each other's sources, so tests need no build.
 */
import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const conditions = ['@longhand/source', 'node', 'import', 'default'];
const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url)).map((name) => `${parent}/${name}`),
);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [...folders, 'benchmarks', 'workspace'].map((root) => ({
      extends: true as const,
      // Nothing waits for a clock here; a slow machine should not fail a test.
      test: { testTimeout: 120_000, hookTimeout: 120_000, name: root.replace(/^.*\//, ''), root },
    })),
  },
});
