/**
 * One vitest for the whole workspace: a project per package and app, one for the benchmarks and one for the workspace itself.
 * The condition `@longhand/source` makes packages import each other's sources, so tests need no build.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Compiled kernels, the workers' code and the exported page's are sources too, made from others. Vitest reads this file
// again for every project; they are made once.
const shared = globalThis as { sourcesAreMade?: true };
if (!shared.sourcesAreMade) {
  execFileSync(process.execPath, [fileURLToPath(new URL('workspace/generate.mjs', import.meta.url))], {
    stdio: 'inherit',
  });
  shared.sourcesAreMade = true;
}

const conditions = ['@longhand/source', 'node', 'import', 'default'];
const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url)).map((name) => `${parent}/${name}`),
);

/** Where a file's tests replace modules or change the process: their files share nothing with each other. */
const apart = ['apps/trainer', 'benchmarks', 'workspace'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Vitest would leave one core idle, and tests of commands and pages mostly wait: more of them than cores keep all cores busy.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // What `npm test` runs of them: without options all but the exhaustive ones, with --fast neither, with --all both.
    tags: [
      { name: 'slow', description: 'More than ten seconds: whole runs, a browser, long lists of commands.' },
      {
        name: 'exhaustive',
        description: 'More of what other tests have one of: before a release, and after such changes.',
      },
    ],
    projects: [...folders, 'benchmarks', 'workspace'].map((root) => ({
      extends: true as const,
      // Nothing waits for a clock here; a slow machine should not fail a test.
      test: {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        expect: { poll: { timeout: 120_000 } },
        // Files that share modules read them once.
        isolate: apart.includes(root),
        name: root.replace(/^.*\//, ''),
        root,
      },
    })),
  },
});
