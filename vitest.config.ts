/**
 * One vitest for the whole workspace. The condition `@longhand/source` makes packages import each other's sources, so tests need no
 * build. Files of a project share their modules, so that each worker reads them once.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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

// Test files of the trainer that replace modules share none, and are a project of their own.
const trainer = new URL('apps/trainer/src/', import.meta.url);
const replacing = readdirSync(trainer, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.test\.ts$/.test(file) && /^vi\.mock\(/m.test(readFileSync(new URL(file, trainer), 'utf8')))
  .map((file) => `src/${file}`);
const setupFiles = ['testing/per-file.ts'];

// Every project transforms all that it imports, mostly the same sources as the others. The packages are projects of their own, and the
// apps and benchmarks that are small, only where `--project kernels` asks for some.
const small = [...folders.filter((folder) => folder !== 'apps/trainer'), 'benchmarks'];
const areAsked = process.argv.some((word) => word.startsWith('--project'));

const projects = [
  { name: 'workspace', root: 'workspace' },
  { name: 'trainer-apart', root: 'apps/trainer', setupFiles, include: replacing, isolate: true },
  { name: 'trainer', root: 'apps/trainer', setupFiles, exclude: [...configDefaults.exclude, ...replacing] },
  ...(areAsked
    ? small.map((root) => ({ name: root.replace(/^.*\//, ''), root }))
    : [{ name: 'packages', root: '.', include: small.map((folder) => `${folder}/**/*.test.{ts,mjs}`) }]),
];

/** The projects in the order above: with the longest files at the end, most cores would wait for the last of them. */
class LongProjectsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification): number => projects.findIndex(({ name }) => name === project.name);
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Vitest would leave one core idle, and tests of commands and pages mostly wait: more of them than cores keep all cores busy.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    sequence: { sequencer: LongProjectsFirst },
    // What `npm test` runs of them: without options all but the exhaustive ones, with --fast neither, with --all both.
    tags: [
      { name: 'slow', description: 'More than ten seconds: whole runs, a browser, long lists of commands.' },
      {
        name: 'exhaustive',
        description: 'More of what other tests have one of: before a release, and after such changes.',
      },
    ],
    projects: projects.map((project) => ({
      extends: true as const,
      // Nothing waits for a clock here; a slow machine should not fail a test.
      test: {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        expect: { poll: { timeout: 120_000 } },
        isolate: false,
        ...project,
      },
    })),
  },
});
