/**
 * The programs and commands of README.md and docs run as these say: with built packages, from the folder that they name, printing what
 * they say.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { encodePng } from '@longhand/datasets/node';
import { seededRandom } from '@longhand/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programFor } from '../apps/trainer/src/program';
import { type CodeBlock, codeBlocks, textOf } from './documents';
import { missingOutput, readmeExample, statedOutputs } from './readme-example';
import { packages, workspaceFolder } from './workspace-packages';

// In the workspace, where a program finds the packages.
const folder = mkdtempSync(join(workspaceFolder, '.programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The commands as the documents call them, for a shell. */
const programs = join(folder, 'bin');
const shellPath = [programs, process.env.PATH ?? ''].join(delimiter);

beforeAll(() => {
  const built = packages.every(({ folder: source }) => existsSync(join(source, 'dist/index.js')));
  expect(built, 'the packages are built: run npm test, or npm run build first').toBe(true);
  mkdirSync(programs);
  for (const [name, file] of Object.entries({
    longhand: 'apps/trainer/dist/longhand.js',
    'longhand-replay': 'apps/replay/dist/longhand-replay.js',
  })) {
    const line = `exec "${process.execPath}" "${join(workspaceFolder, file)}" "$@"`;
    writeFileSync(join(programs, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
});

function run(file: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

test('the first program of the README, as first.mjs in the folder of the workspace', () => {
  const example = readmeExample(readFileSync(join(workspaceFolder, 'README.md'), 'utf8'));
  expect(example?.outputs).toHaveLength(1);
  // In a folder within it, so that nobody's first.mjs is overwritten: packages are found from there as well.
  writeFileSync(join(folder, 'first.mjs'), example?.code ?? '');
  expect(missingOutput(example?.outputs ?? [], run('first.mjs'))).toBeUndefined();
});

test('the files of the guide to layers, losses and optimizers of one’s own', () => {
  const guide = readFileSync(join(workspaceFolder, 'docs/your-own-layer.md'), 'utf8');
  const files = [...guide.matchAll(/^```js\n\/\/ ([^\n]+\.mjs)\n(.*?)^```/gms)].map(
    ([, name, code]) => [name, code] as const,
  );
  for (const [name, code] of files) writeFileSync(join(folder, name), code);
  const [program, code] = files.at(-1) ?? ['', ''];
  const outputs = statedOutputs(code);
  expect(outputs.length).toBeGreaterThan(5);
  expect(missingOutput(outputs, run(program))).toBeUndefined();

  // The same files, with the commands of the guide on fewer images.
  const [, network = ''] = /^```json\n(.*?)^```/ms.exec(guide) ?? [];
  const [, commands = ''] = /^```sh\n(.*?)^```/ms.exec(guide) ?? [];
  writeFileSync(join(folder, 'network.json'), network);
  const longhand = `"${process.execPath}" "${join(workspaceFolder, 'apps/trainer/dist/longhand.js')}"`;
  const shortened = commands.replaceAll('--validation 5000', '--validation 500 --limit 1500 --epochs 1 --quiet');
  const lines = shortened.trim().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const command = line.replace(/^longhand/, longhand);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect([line, status, stderr]).toEqual([
      line,
      0,
      expect.stringMatching(/^note: this runs code of your own: .*\n$/),
    ]);
    expect(stdout).toMatch(/passed|topTwo +0\.\d+|accuracy/);
  }
});

/** Runs a line of a shell where the page's files are, and gives what it prints. */
function typed(line: string, cwd: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: shellPath },
  });
  expect([line, status], stderr).toEqual([line, 0]);
  return stdout;
}

/** Pictures of three classes, of several sizes, as the page on pictures of one's own has them. */
function leaves(into: string): void {
  const random = seededRandom('leaves');
  for (const [index, name] of ['maple', 'oak', 'willow'].entries()) {
    mkdirSync(join(into, 'leaves', name), { recursive: true });
    for (let at = 0; at < 20; at++) {
      const [width, height] = [40 + random.integer(20), 40];
      const pixels = Uint8Array.from(
        { length: width * height * 3 },
        (_, k) => (k % 3 === index ? 180 : 40) + random.integer(60),
      );
      writeFileSync(join(into, 'leaves', name, `${at}.png`), encodePng({ width, height, channels: 3, pixels }));
    }
  }
  cpSync(join(into, 'leaves/maple/0.png'), join(into, 'maple.jpg'));
}

/** The hand example that a lesson writes down. */
function ownExample(into: string): void {
  const [example] = codeBlocks(textOf('docs/lessons/index.md')).filter(({ language }) => language === 'json');
  writeFileSync(join(into, 'my-example.json'), example?.code ?? '');
}

/** The columns of a code block that the site shows without scrolling. */
const lessonWidth = 68;

const isLesson = (document: string): boolean => document.startsWith('docs/lessons/');

/** What makes a line quick, and what stands for `npm`, which would install and build. */
function quick(line: string): string {
  const command = line
    .replace(/ +# .*/, '')
    .replace(/^npm run (--silent )?replay --/, 'longhand-replay')
    .replace(/^npm start --/, 'longhand')
    .replace(/^npm start$/, 'longhand train')
    .replace(/^(node docs\/how-it-works\/steps\.mjs)$/, `cd "${workspaceFolder}" && $1 20`);
  if (!command.startsWith('longhand train')) return command;
  return `${command} --quiet --epochs 1${command.includes('--data') ? '' : ' --limit 1000'}`;
}

/** Whether a program that a line calls is there: Bun and Deno may not be. */
const isThere = (line: string): boolean =>
  !/^(bun|deno) /.test(line) || spawnSync('sh', ['-c', `command -v ${line.split(' ')[0]}`]).status === 0;

test.each<[document: string, prepare: (into: string) => void]>([
  ['README.md', () => {}],
  ['docs/start.md', (into) => cpSync(join(workspaceFolder, 'data/seven.jpg'), join(into, 'data/seven.jpg'))],
  ['docs/your-own-pictures.md', leaves],
  ['docs/in-a-page.md', () => {}],
  ['docs/deno-and-bun.md', () => {}],
  ['docs/coming-from.md', () => {}],
  [
    'docs/how-it-works.md',
    (into) => cpSync(join(workspaceFolder, 'docs/how-it-works'), join(into, 'how-it-works'), { recursive: true }),
  ],
  ['docs/lessons/index.md', ownExample],
  ['docs/lessons/formulas.md', () => {}],
])('the code blocks of %s, in their order', (document, prepare) => {
  const into = mkdtempSync(join(folder, 'page-'));
  prepare(into);
  // A program runs when its file stands there; the line that calls it need not run it again.
  const ran = new Set<string>();
  // The first program and the commands of the README have tests of their own.
  const runs = ({ language, notRun }: CodeBlock): boolean =>
    notRun === undefined && (document !== 'README.md' || language === 'text');
  for (const { language, code, file } of codeBlocks(textOf(document)).filter(runs)) {
    if (language === 'sh') {
      const lines = code.trim().split('\n').filter(isThere);
      for (const line of lines.filter((line) => !ran.has(line))) typed(quick(line), into);
    }
    const [, command, shown = ''] = /^\$ ((?:[^\n]*\\\n)*[^\n]*)\n(.*)/s.exec(code) ?? [];
    if (language === 'text' && command !== undefined) {
      const lines = shown.split('\n').filter((line) => line !== '…' && line !== '');
      const narrow = isLesson(document) ? ` --width ${lessonWidth}` : '';
      expect(missingOutput(lines, typed(quick(command) + narrow, into))).toBeUndefined();
    }
    if (language !== 'js') continue;
    if (file === undefined) throw new Error(`${document}: expected the name of a file in the first line of\n${code}`);
    writeFileSync(join(into, file), code);
    const outputs = statedOutputs(code);
    if (outputs.length === 0) continue;
    expect(missingOutput(outputs, typed(`node ${file}`, into))).toBeUndefined();
    ran.add(`node ${file}`);
  }
});

test.each(['docs/lessons/index.md', 'docs/lessons/formulas.md'])('the code blocks of %s fit its column', (document) => {
  const lines = codeBlocks(textOf(document)).flatMap(({ code }) => code.split('\n'));
  expect(lines.filter((line) => line.length > lessonWidth)).toEqual([]);
});

const program = programFor([]);

test.each(['README.md', 'apps/trainer/README.md', 'apps/replay/README.md'])(
  'the commands of %s are known',
  (document) => {
    const lines = codeBlocks(textOf(document)).flatMap(({ language, code }) =>
      language === 'sh' ? code.split('\n') : [],
    );
    const commands = lines
      .map((line) => line.replace(/ +# .*/, '').replace(/^npm start --/, 'longhand'))
      .filter((line) => line.startsWith('longhand'));
    expect(commands.length).toBeGreaterThan(8);
    const helps = new Map(program.commands.map((command) => [command.name(), command.helpInformation()]));
    const ofReplay = typed('longhand-replay --help', folder);
    for (const line of commands) {
      const [name = '', ...words] = line.split(/\s+/);
      const help = name === 'longhand' ? (helps.get(words[0] ?? '') ?? program.helpInformation()) : ofReplay;
      const unknown = words.filter((word) => word.startsWith('--')).filter((option) => !help.includes(`${option} `));
      expect([line, unknown]).toEqual([line, []]);
    }
  },
);
