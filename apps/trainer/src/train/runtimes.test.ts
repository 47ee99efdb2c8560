/**
 * Node, Bun and Deno give the same bytes, also where a run began in one of them and went on in another. What is not on the PATH is
 * skipped, and says so.
 *
 * @module-tag exhaustive
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { command, type Ended, longhand } from '../../testing/built-command';
import { type TestedRuntime, testedRuntimes } from '../../testing/programs';
import { at, folder, model } from '../../testing/test-folder';

type Call = NonNullable<TestedRuntime['call']>;

const env = { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' };

function run([program, ...before]: Call, ...options: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(program, [...before, command, ...options], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

/** Begins training, and sends an interrupt with the first output. */
function interrupted([program, ...before]: Call, options: readonly string[]): Promise<Ended> {
  const child = spawn(program, [...before, command, 'train', ...options], { cwd: folder, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    if (stderr === '') child.kill('SIGINT');
    stderr += text.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const data = ['--data', 'digits', '--seed', '3', '--threads', '2'];
const settings = [
  ...data,
  ...['--epochs', '3', '--shift', '1.5', '--rotation', '8', '--elastic', '1', '--label-smoothing', '0.05'],
  ...['--average-decay', '0.9', '--clip-norm', '0.5', '--validation', '24'],
];
/** Few epochs, since each ends with a checkpoint that the disk has to have; many steps, to be interrupted between. */
const long = ['--limit', '20000', '--epochs', '2', '--seed', '3', '--threads', '2'];
const bytesOf = (name: string): Buffer => readFileSync(at(model(name)));
const runtimeOf = (name: string): unknown => JSON.parse(readFileSync(at('runs', name, 'config.json'), 'utf8')).runtime;

const here: Call = [process.execPath];
test('Node, which runs the tests', () => {
  expect(longhand('train', ...settings, '--name', 'node')).toMatchObject({ code: 0 });
  expect(longhand('train', ...long, '--name', 'node-long')).toMatchObject({ code: 0 });
  const { node: version, v8 } = process.versions;
  expect(runtimeOf('node')).toEqual({ name: 'node', version, engine: `V8 ${v8}` });
  expect(readFileSync(at('runs/node/report.html'), 'utf8')).toContain(`Node.js ${version} (V8 ${v8})`);
});

for (const { title, call } of testedRuntimes) {
  const without = call === undefined;
  describe.skipIf(without)(without ? `${title}: skipped, there is none on the PATH` : title, () => {
    const there = call as Call;
    const name = title.replace(' ', '-').toLowerCase();

    test('trains to the same bytes, and is named', () => {
      const { code, stderr } = run(there, 'train', ...settings, '--name', name);
      expect(code, stderr).toBe(0);
      expect(bytesOf(name)).toEqual(bytesOf('node'));
      const engine = title === 'Bun' ? /^JavaScriptCore \w+$/ : /^V8 [\d.]+/;
      const version = spawnSync(there[0], ['--version'], { encoding: 'utf8' }).stdout;
      const runtime = runtimeOf(name) as { readonly version: string };
      expect(runtime).toMatchObject({
        name: title.split(' ')[0]?.toLowerCase(),
        engine: expect.stringMatching(engine),
      });
      expect(version).toContain(runtime.version);
    });

    test('a run that it began goes on in Node, and the other way round', async () => {
      for (const [from, to, direction] of [
        [there, here, 'from'],
        [here, there, 'to'],
      ] as const) {
        const pieces = `${direction}-${name}`;
        const { code, stderr } = await interrupted(from, [...long, '--name', pieces]);
        expect(stderr).toMatch(/interrupted in epoch \d+, and saved; go on with: longhand train --resume /);
        expect(code).toBe(130);
        const resumed = run(to, 'train', '--resume', pieces, '--threads', '1');
        expect(resumed.code, resumed.stderr).toBe(0);
        expect(bytesOf(pieces)).toEqual(bytesOf('node-long'));
      }
    });
  });
}

const deno = testedRuntimes.find(({ title }) => title === 'Deno')?.call;
describe.skipIf(deno === undefined)('Deno on all of MNIST (skipped where there is none on the PATH)', () => {
  // Its messages took 15 seconds of computing when arrays were posted as arrays; now all of this takes two.
  test.skipIf(process.platform === 'win32')('has its first step soon, and saves when interrupted then', async () => {
    const limited: Call = ['bash', '-c', 'ulimit -t 10; exec "$0" "$@"', ...(deno as Call)];
    const { code, stderr } = await interrupted(limited, ['--epochs', '50', '--name', 'whole']);
    expect(stderr).toMatch(/interrupted in epoch \d+, and saved; go on with: longhand train --resume runs\/whole\n$/);
    expect(code).toBe(130);
  });
});

const bun = testedRuntimes.find(({ title }) => title === 'Bun')?.call;
test.skipIf(bun === undefined)(
  'fused kernels in Bun: the engine is named (skipped where there is none on the PATH)',
  () => {
    expect(run(bun as Call, 'train', ...settings, '--kernels', 'fused', '--name', 'fused')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: kernels fused: expected multiply-adds that round once, got ones that round twice, as the engine of Bun and Safari makes them, and some processors; use the strict kernels\n',
    });
  },
);
