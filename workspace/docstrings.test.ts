/**
 * Every exported name has a docstring, every function an example in it, and every example compiles, runs and gives what it says.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { exampleProgram } from './docstring-examples';
import { compilerOptions, globalNames, publicNames, sources } from './public-names';
import { missingOutput, statedOutputs } from './readme-example';
import { workspaceFolder } from './workspace-packages';

// In the workspace, where the programs find the packages, and the digits as their package does.
const folder = mkdtempSync(join(workspaceFolder, '.programs-'));
symlinkSync(join(workspaceFolder, 'packages/mnist/node_modules'), join(folder, 'node_modules'), 'junction');
afterAll(() => rmSync(folder, { recursive: true }));

const program = ts.createProgram(Object.values(sources), compilerOptions);
const names = publicNames(program);

test('every exported name and every member of it has a text', () => {
  expect(names.length).toBeGreaterThan(1000);
  expect(listed(names.filter(({ text }) => text.trim() === ''))).toEqual([]);
});

test('what may be left out of options says what is then', () => {
  expect(
    listed(names.filter(({ isOption, text }) => isOption && !/\bdefaults?\b|\babsent\b|\bwithout\b/i.test(text))),
  ).toEqual([]);
});

test('no exported name hides one of TypeScript’s own', () => {
  const globals = globalNames(program);
  expect(globals.has('Parameters')).toBe(true);
  expect(listed(names.filter(({ name }) => globals.has(name)))).toEqual([]);
});

test('every function has an example', () => {
  expect(listed(names.filter(({ isFunction, examples }) => isFunction && examples.length === 0))).toEqual([]);
});

/** Names that two entry points export have their examples once. */
const examples = [
  ...new Map(
    names.flatMap(({ from, name, where, examples }) =>
      examples.map((text) => {
        const code = /^```\w*\n(.*)\n```$/s.exec(text.trim())?.[1] ?? text;
        return [`${where} ${text}`, { name: `${where} ${name}`, from, code }] as const;
      }),
    ),
  ).values(),
].map(({ name, from, code }) => ({ name, from, code, ...exampleProgram(code, from, exportsOf(from)) }));

/** All but those that need a canvas. */
const runnable = examples.filter(({ from }) => from !== '@longhand/handwriting/paper');

test('examples compile', () => {
  mkdirSync(join(folder, 'modules'));
  const files = new Map(
    examples.map(({ name, module }, index) => {
      const file = join(folder, 'modules', `example-${index}.ts`);
      writeFileSync(file, module);
      return [file, name] as const;
    }),
  );
  const options = { ...compilerOptions, verbatimModuleSyntax: false };
  const compiled = ts.createProgram([...files.keys()], options, undefined, program);
  const faults = [...files].flatMap(([file, name]) =>
    ts
      .getPreEmitDiagnostics(compiled, compiled.getSourceFile(file))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
  expect(faults).toEqual([]);
});

test('examples give what they say', async () => {
  const bundle = await bundled();
  const cwd = join(folder, 'run');
  mkdirSync(cwd);
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  expect([status, stderr]).toEqual([0, '']);
  const runs: { readonly printed: string; readonly faults: readonly string[] }[] = JSON.parse(
    stdout.slice(stdout.lastIndexOf('\n[') + 1),
  );
  expect(runs).toHaveLength(runnable.length);
  const faults = runs.flatMap(({ printed, faults }, index) => {
    const { name, code } = runnable[index] as (typeof examples)[number];
    const missing = missingOutput(statedOutputs(code), printed);
    return [...faults, ...(missing === undefined ? [] : [`printed no ${missing}, but ${printed}`])].map(
      (fault) => `${name}: ${fault}`,
    );
  });
  expect(faults).toEqual([]);
});

/** All examples in one program, which runs one after another and ends with what each printed and how its values differ. */
async function bundled(): Promise<string> {
  const outfile = join(folder, 'examples.mjs');
  const imports = runnable.map((_, index) => `import run${index} from 'example:${index}';`);
  await build({
    stdin: {
      contents: `${imports.join('\n')}
import { runExamples } from './docstring-values';
await runExamples([${runnable.map((_, index) => `run${index}`).join(', ')}]);`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'error',
    conditions: ['@longhand/source'],
    plugins: [
      {
        name: 'examples',
        setup(build) {
          build.onResolve({ filter: /^example:/ }, ({ path }) => ({ path: path.slice(8), namespace: 'example' }));
          build.onLoad({ filter: /.*/, namespace: 'example' }, ({ path }) => ({
            contents: runnable[Number(path)]?.reporting ?? '',
            loader: 'ts',
            resolveDir: workspaceFolder,
          }));
        },
      },
    ],
    // Packages of npm that are not ECMAScript modules want it.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  return outfile;
}

function exportsOf(from: string): string[] {
  return names.filter((name) => name.from === from && !name.name.includes('.')).map(({ name }) => name);
}

function listed(faulty: typeof names): string[] {
  return faulty.map(({ where, name, from }) => `${where} ${name} (${from})`);
}
