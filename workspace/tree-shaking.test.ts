/**
 * A bundler takes of a package what a program uses, and no more: of the built files nothing stays where nothing is imported, and a single
 * function brings along no more than it needs.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript
import { withPureConstants } from './pure-constants.mjs';
import { packages, workspaceFolder } from './workspace-packages';

/** Minified, as a page would load it. */
async function bundled(program: string, folder: string, plugins: readonly Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: [...plugins],
  });
  return outputFiles[0]?.text ?? '';
}

/** As if the manifest did not say that the files of a package have no side effects: they have to show it. */
const packageAlone: Plugin = {
  name: 'package-alone',
  setup({ onResolve }) {
    // What is imported when it is needed is a file of its own.
    onResolve({ filter: /./ }, ({ path, kind, resolveDir }) =>
      path.startsWith('.') && kind !== 'dynamic-import'
        ? { path: join(resolveDir, path), sideEffects: true }
        : { path, external: true, sideEffects: false },
    );
  },
};

const entries = packages.flatMap(({ folder, manifest }) =>
  Object.values(manifest.exports ?? {})
    .map((entry) => entry as Readonly<Record<string, string>>)
    .filter(({ types }) => types !== undefined) // What workers start from is to be run.
    .map(({ default: file = '' }) => [`${manifest.name}, ${basename(file)}`, folder, file] as const),
);

test.each(entries)('%s: nothing stays of what nobody uses', async (_, folder, file) => {
  expect(existsSync(join(folder, file)), 'the packages are built: run npm run build before').toBe(true);
  expect(await bundled(`import '${file}';`, folder, [packageAlone])).toBe('');
});

/** Bytes, minified and not compressed; some 15 % above what it is today. */
test.each([
  ['tensor', '@longhand/tensor', 1_000],
  ['seededRandom', '@longhand/tensor', 3_600],
  ['parseJson', '@longhand/schema', 3_300],
  ['writeSafetensors', '@longhand/formats', 5_000],
  ['readSafetensors', '@longhand/formats', 10_000],
  ['decodeOnnx', '@longhand/formats', 15_600],
  ['readPytorch', '@longhand/formats', 21_600],
  ['imageDataset', '@longhand/datasets', 2_400],
  ['readIdx', '@longhand/datasets', 3_800],
  ['augmentation', '@longhand/datasets', 12_800],
  ['table', '@longhand/rendering', 7_100],
  ['terminalCurves', '@longhand/rendering', 8_300],
  // The default kernels of optimizers are all those in plain loops.
  ['adamw', '@longhand/optimizers', 40_000],
  ['oneCycle', '@longhand/optimizers', 10_400],
  ['encodeModel', '@longhand/training', 74_000],
  ['decodeModel', '@longhand/training', 112_000],
])('%s of %s alone takes at most %d bytes', async (name, source, most) => {
  const { length } = await bundled(`import { ${name} } from '${source}'; globalThis.used = ${name};`, workspaceFolder);
  expect(length).toBeGreaterThan(0.7 * most);
  expect(length).toBeLessThanOrEqual(most);
});

test('constants that compute are marked, in the same lines, and those that bundlers understand are left alone', () => {
  const marked = (text: string): string => withPureConstants('module.ts', text);
  for (const text of [
    'const n = -1;',
    "const list = [1, 'two', `three`] as const;",
    'const f = (x: number) => other(x);',
    'export const kinds = { one, two: { of: one }, three() { return other(); } };',
    'let cache: string | undefined;',
    'run();\nfunction run() { const own = other(); }',
  ]) {
    expect(marked(text)).toBe(text);
  }
  expect(marked('export const a = f(\n  1,\n);\nconst b = 1, c = { ...a };')).toBe(
    'export const a = /* @__PURE__ */ (() => (f(\n  1,\n)))();\nconst b = 1, c = /* @__PURE__ */ (() => ({ ...a }))();',
  );
});
