/**
 * The command from the outside: what it prints, in the process of the test; what a process is, and what it reads, of the built one.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examples } from '@longhand/worked-examples';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runReplay } from './program';

const command = fileURLToPath(new URL('../dist/longhand-replay.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function replay(options: readonly string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += text;
      return true;
    }),
  );
  vi.stubEnv('NO_COLOR', '1');
  try {
    return { code: await runReplay(options), ...said };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

function built(options: readonly string[], input = ''): Ended {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...options], {
    encoding: 'utf8',
    env,
    input,
  });
  return { code: status, stdout, stderr };
}

beforeAll(() => {
  expect(existsSync(command), 'the command is built: run npm test, or pnpm build first').toBe(true);
});

test('lists every example', () => {
  for (const options of [[], ['list']]) {
    const { code, stdout } = built(options);
    expect(code).toBe(0);
    for (const { name } of examples) expect(stdout).toContain(name);
    expect(stdout).toContain('lenet-step');
  }
});

describe('conv1d-step', () => {
  test('agrees with all printed figures, in order and aligned', async () => {
    const { code, stdout } = await replay(['conv1d-step', '--digits', '3']);
    expect(code).toBe(0);
    const lines = stdout.slice(stdout.indexOf('Given'));
    expect(lines.match(/✓/g)).toHaveLength(19);
    expect(lines.match(/†/g)).toHaveLength(6);
    expect(stdout).toContain('\n✓ agrees with the printed figure · † correct, where the source has a slip\n');
    expect(stdout).not.toContain('✗');
    expect(stdout).toMatch(/Given\n(?: {2}.* = .*\n)+ {2}The givens are a reconstruction: /);
    expect(stdout).toContain(
      '  20    coef_c1 = coef_o1·w1⁺ + coef_o2·w3⁺     = (−0.349)·0.106 + 0.349·(−0.106) = −0.074  ✓\n',
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('in textbook order some printed figures do not agree, and are shown', async () => {
    const { stdout } = await replay(['conv1d-step', '--order', 'standard', '--digits', 'exact']);
    expect(stdout).toMatch(/coef_c1 = [\s\S]* = −0\.0697926 {2}✗ printed −0\.074/);
  });

  test('the biases of two layers have different names', async () => {
    const { stdout } = await replay(['conv1d-step']);
    const given = /Given\n([\s\S]*?)\n\n/.exec(stdout)?.[1].match(/\S+(?= = )/g) ?? [];
    expect(given).toContain('dense_b1');
    expect(new Set(given).size).toBe(given.length);
    expect(stdout).toMatch(/^ +18 {2}dense_b1⁺ = dense_b1 − α·coef_o1 +=/m);
  });

  test('one step, or some quantities with what becomes of them', async () => {
    expect((await replay(['conv1d-step', '--step', '20'])).stdout).toMatch(/ {2}20 {2}coef_c1 = /);
    const { stdout } = await replay(['conv1d-step', '--only', 'w1,k11']);
    expect(stdout).toMatch(/k11 = 0\.1 {3}w1 = 0\.1\n/);
    expect(stdout).toMatch(/w1⁺ = .* = 0\.106/);
    expect(stdout).toMatch(/k11⁺ = [\s\S]* = 0\.107/);
    expect(stdout).not.toContain('coef_CC1 =');
  });

  test('names as they are printed, and the gradient that may have been meant', async () => {
    const plain = (await replay(['conv-mse', '--only', 'dL/dw11,dL/da00'])).stdout;
    expect((await replay(['conv-mse', '--only', '∂L/∂w11,\\frac{\\partial L}{\\partial a_{00}}'])).stdout).toBe(plain);
    expect((await replay(['conv-mse', '--only', 'w11'])).stdout).toMatch(
      /w11 = 0\.5\n\nnot shown: ∂L\/∂w11 \(--only dL\/dw11\)\n$/,
    );
    expect(await replay(['lenet-step', '--quantity', '∂L/∂k2.5.3.1.2'])).toEqual(await replay(['lenet-step']));
  });

  test('other givens: marked, derived anew, and not compared with what is printed', async () => {
    const { code, stdout } = await replay(['conv1d-step', '--set', 'i11=0.3, w3=−0.3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/i11 = 0\.3 \(was 0\.1\) .*\n[\s\S]* w3 = −0\.3 \(was −0\.1\) /);
    expect(stdout).toMatch(/ 1 +out_CC1 = KK12·i11 \+ KK11·i12 \+ bb1 += 0\.2·0\.3 \+ 0\.1·0\.2 \+ 0 += 0\.080\n/);
    expect(stdout).not.toMatch(/[✓†✗]/);
    const slower = (await replay(['conv1d-step', '--set', 'α=0.1', '--only', 'coef_o1,w1⁺,target_o1'])).stdout;
    expect(slower).toMatch(/coef_o1 = out_o1 − target_o1 .* = −0\.349 {2}✓\n/);
    expect(slower).toMatch(/w1⁺ = .* = 0\.101\n$/);
  });

  test('lines are as wide as asked for', async () => {
    const { stdout } = await replay(['conv1d-step', '--width', '68']);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(68);
  });

  test('--check counts the figures that agree', () => {
    expect(built(['conv1d-step', '--check'])).toEqual({
      code: 0,
      stdout: 'conv1d-step: 25 of 25 printed figures agree, 6 of them as the slips of the source are corrected\n',
      stderr: '',
    });
  });
});

test('every example can be had as JSON, Markdown and a page', { tags: ['exhaustive'] }, async () => {
  for (const { name } of examples) {
    expect(JSON.parse((await replay([name, '--json'])).stdout)).toMatchObject({ example: name });
    expect((await replay([name, '--markdown'])).stdout).toMatch(/^# .*\n[\s\S]*\| \d+ \| \$.* = .*\$ \|/);
    const page = (await replay([name, '--html'])).stdout;
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<math');
    // Nothing is fetched and nothing is run.
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|src=|@import/);
  }
});

describe('a page or Markdown in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const at = (name: string): string => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is what standard output would have had', async () => {
    const files = ['--html', at('a.html'), '--markdown', at('a.md')];
    expect(await replay(['conv-mse', ...files])).toEqual({
      code: 0,
      stdout: `Saved ${at('a.md')} and ${at('a.html')}\n`,
      stderr: '',
    });
    expect(readFileSync(at('a.html'), 'utf8')).toBe((await replay(['conv-mse', '--html'])).stdout);
    expect(readFileSync(at('a.md'), 'utf8')).toBe((await replay(['--markdown', 'conv-mse'])).stdout);
  });

  test('overwrites nothing without --force', async () => {
    writeFileSync(at('mine.html'), 'mine');
    expect(await replay(['conv-mse', '--html', at('mine.html')])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${at('mine.html')}: expected a new file, but it exists; use --force to overwrite it, or another --html\n`,
    });
    expect(readFileSync(at('mine.html'), 'utf8')).toBe('mine');
    expect((await replay(['conv-mse', '--html', at('mine.html'), '--force'])).code).toBe(0);
    expect(readFileSync(at('mine.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('that cannot be written: 1 and one line', () => {
    const { code, stderr } = built(['conv-mse', '--html', at('none/a.html')]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/a\.html: it could not be saved: ENOENT[^\n]*\n$/)]);
  });
});

test('network-step derives a number of a residual network, in training and in use', async () => {
  const of = async (mode: string): Promise<string> => {
    const { code, stdout } = await replay(['network-step', '--quantity', 'block2.shortcut.bn.y.3.2.2', '--mode', mode]);
    expect(code).toBe(0);
    return stdout;
  };
  expect(await of('train')).toContain(
    '(block2.shortcut.conv.y.3.2.2 − block2.shortcut.bn.mean.3)·block2.shortcut.bn.invStd.3',
  );
  expect(await of('evaluate')).toContain('− block2.shortcut.bn.running_mean.3)·block2.shortcut.bn.invStd.3');
  expect((await replay(['network-step', '--network', 'pytorch-mnist', '--quantity', 'dropout2.y.5'])).stdout).toContain(
    'dropout2.y.5 = relu3.y.5·dropout2.mask.5',
  );
});

describe('lenet-step', () => {
  test('as a page and as Markdown: the terms that are not zero, the count of zeros, the numerical gradient', async () => {
    const plain = (await replay(['lenet-step'])).stdout;
    const rows = plain.match(/^∂L\/∂S\S+ · /gm)?.length;
    const sum = /^sum .* (\S+)$/m.exec(plain)?.[1];
    const page = (await replay(['lenet-step', '--html'])).stdout;
    expect(page.match(/<tr><td>/g)).toHaveLength(rows ?? 0);
    const markdown = (await replay(['lenet-step', '--markdown'])).stdout;
    expect(markdown.match(/^\| \$.*\$ \|/gm)).toHaveLength(rows ?? 0);
    for (const text of [page, markdown]) {
      expect(text).toMatch(/58 more terms are zero/);
      expect(text.toLowerCase()).toContain(`numerical gradient (central difference): ${sum}`);
    }
  });

  test('a weight, its terms, and the numerical gradient', async () => {
    const { code, stdout } = await replay(['lenet-step', '--digit', '7', '--quantity', 'k2.5.3.1.2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^k2\.5\.3\.1\.2 = /m);
    expect(stdout).toContain('∂L/∂k2.5.3.1.2 = the sum of 64 terms');
    const sum = /^sum .* (\S+)$/m.exec(stdout)?.[1];
    expect(stdout).toContain(`numerical gradient (central difference): ${sum}`);
    expect(stdout).toContain('where the factors came from');
  });

  test.each(['C1.2.3.7', 'o7', 'b1.4', 'x.9.16', 'p7', 'L', 't7'])('%s', async (quantity) => {
    const { code, stdout } = await replay(['lenet-step', '--quantity', quantity]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${quantity.replaceAll('.', '\\.')} = `, 'm'));
  });
});

test('the network of the notes with a sigmoid and mean pooling, in their symbols, without a trained model', async () => {
  const of = async (quantity: string): Promise<string> =>
    (await replay(['lenet-step', '--activation', 'sigmoid', '--pooling', 'mean', '--quantity', quantity])).stdout;
  expect(await of('C1.2.3.7')).toContain('C1.2.3.7 = σ(S1.2.3.7)\n');
  expect(await of('P1.3.4.5')).toMatch(/^P1\.3\.4\.5 = (\(?C1\.3\.8\.10|0\.25·)/m);
});

describe('a hand example of one’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-own-'));
  const file = join(folder, 'one-weight.json');
  afterAll(() => rmSync(folder, { recursive: true }));
  const own = {
    network: { input: [1], layers: [{ name: 'fc', kind: 'dense', outFeatures: 1, bias: false }] },
    loss: 'mean-squared-error',
    givens: { input: [2], target: [1], learningRate: 0.1, 'fc.weight': [0.7] },
    names: { input: ['x'], target: ['t'], 'fc.weight': ['w'], 'fc.y': ['p'] },
    printed: { w_new: { figure: '0.54' } },
  };

  test('is derived, asked, changed and checked like those that are there', async () => {
    writeFileSync(file, JSON.stringify(own));
    const { code, stdout } = await replay([file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^one-weight\n[\s\S]* p = w·x += 0\.7·2 += 1\.4\n/);
    expect(stdout).toMatch(/w⁺ = w − η·∂L\/∂w = 0\.7 − 0\.1·1\.6 += 0\.54 {2}✓\n/);
    expect((await replay([file, '--set', 'x=1', '--only', 'p'])).stdout).toMatch(/ = 0\.7·1 = 0\.7\n/);
    expect((await replay([file, '--check'])).stdout).toBe('one-weight: 1 of 1 printed figures agree\n');
  });

  test.each([
    ['{', /: expected a hand example as JSON, but [^\n]+\n$/],
    ['{}', /: expected .* 'network'/],
    [JSON.stringify({ ...own, givens: { input: [2] } }), /: expected 1 number as the given target, got none\n$/],
  ])('%s is refused in one line', async (text, message) => {
    writeFileSync(file, text);
    const { code, stderr } = await replay([file]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(message)]);
    expect(stderr.startsWith(`error: ${file}: expected`)).toBe(true);
  });

  test('a file that is not there', async () => {
    expect(await replay(['none.json'])).toMatchObject({
      code: 3,
      stderr: 'error: none.json: expected a hand example as JSON, but there is no such file\n',
    });
  });
});

describe('quiz', () => {
  test('says what is correct, names the usual error, and asks once more', () => {
    // coef_c1: with the old weights it would be -0.07; k11 updated the wrong way would be 0.093.
    const answers = '0,106\n-0.07\n-0.074\n0.093\n0.2\n';
    const { code, stdout } = built(['conv1d-step', '--quiz', '--only', 'w1⁺,coef_c1,k11'], answers);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'w1⁺ = w1 − α·coef_o1·out_C1\n  with w1 = 0.1, α = 0.5, coef_o1 = −0.349, out_C1 = 0.034\n? ✓ correct\n',
    );
    expect(stdout).toContain(
      '? ✗ that is what comes out with the old weights; this note goes on with the updated ones; once more, or return for the answer\n? ✓ correct\n',
    );
    expect(stdout).toMatch(
      /\? ✗ that has the wrong sign: .*; once more, or return for the answer\n\? ✗ not quite\n {2}k11⁺ = k11 − α·.* = 0\.1 − 0\.5·.* = 0\.107\n/,
    );
    expect(stdout).toMatch(/\n2 of 3 correct: 1 at once, 1 at the second try\n$/);
  });

  test('forgotten σ′ and a kernel the wrong way round', () => {
    const { steps } = JSON.parse(built(['conv-mse', '--json']).stdout) as {
      steps: { id: string; mistakes?: { name: string; value: number }[] }[];
    };
    const answerOf = (id: string, name: string): number | undefined =>
      steps.find((step) => step.id === id)?.mistakes?.find((mistake) => mistake.name === name)?.value;
    const { stdout } = built(
      ['conv-mse', '--quiz', '--only', 'z00,dL/dw11'],
      `${answerOf('z00', 'flipped the kernel')}\n\n${answerOf('dL/dw11', 'forgot σ′')}\n`,
    );
    expect(stdout).toContain('with a flipped kernel');
    expect(stdout).toContain('without σ′: the error has to go back through the activation too');
    // Return gave the first away, and the input ended before the second try of the other.
    expect(stdout).toMatch(/\n0 of 2 correct: 0 at once, 0 at the second try\n$/);
  });

  test('a kernel that was not turned, at a padded border', () => {
    const { stdout } = built(['conv1d-step', '--quiz', '--only', 'in_CC1'], '0.08\n0.05\n');
    expect(stdout).toContain(
      '? ✗ that is without turning the kernel; here it is turned before it is laid on; once more',
    );
    expect(stdout).toContain('? ✗ not quite\n');
  });

  test('no answer, nonsense, and the end of input', () => {
    const { code, stdout } = built(['conv1d-step', '--quiz', '--only', 'w1,w2,w3'], '\nmaybe\n1\nperhaps\n');
    expect(code).toBe(0);
    expect(stdout).toContain("? expected a number such as 0.25, got 'maybe'; once more, or Ctrl-D to end\n? ✗");
    expect(stdout).toContain("? expected a number such as 0.25, got 'perhaps'; once more, or Ctrl-D to end\n? \n");
    expect(stdout).toContain('0 of 1 correct');
  });
});

test.skipIf(!existsSync('/dev/full'))('a derivation that cannot be written: 1 and one line', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [command, 'list'], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^error: the derivation cannot be written: ENOSPC[^\n]*\n$/),
  ]);
});

describe('wrong usage ends with 2 and one line', () => {
  test.each<[string[], RegExp]>([
    [
      ['conv2d-step'],
      /^error: expected one of the examples conv1d-step, .*, lenet-step, network-step, or a file of one’s own that ends in \.json, got 'conv2d-step'\n$/,
    ],
    [['conv1d-step', '--order', 'backwards'], /Allowed choices are standard, update-then-propagate/],
    [
      ['conv1d-step', '--set', 'i13=1'],
      /^error: conv1d-step: expected what is given, i11, .*; got i13; did you mean 'i11'\?\n$/,
    ],
    [['conv1d-step', '--set', 'i11'], /Expected names with numbers, such as i11=0\.3,α=0\.1; got 'i11'/],
    [['conv1d-step', '--set', 'i11=much'], /got 'i11=much'/],
    [['conv1d-step', '--width', '9'], /Expected 40 columns or more/],
    [
      ['conv-mse', '--order', 'update-then-propagate'],
      /^error: conv-mse: expected the order standard, since no weight is changed, got update-then-propagate\n$/,
    ],
    [['conv1d-step', '--step', '99'], /^error: expected a step from 1 to 37, got 99\n$/],
    [['conv1d-step', '--only', 'w9'], /^error: expected names among i11, .*; got w9; did you mean 'w1'\?\n$/],
    [['conv1d-step', '--variant', 'other'], /^error: conv1d-step: expected the variant to be left out, got other\n$/],
    [
      ['mazur-2-2-2', '--convolution', 'true-convolution'],
      /^error: mazur-2-2-2: expected the convolution to be left out/,
    ],
    [['conv1d-step', '--check', '--digits', 'exact'], /^error: --check compares in the source’s own order and digits/],
    [
      ['mazur-2-2-2', '--variant', 'other'],
      /expected the variant biases fixed, shared biases trained, one bias per neuron trained, got other/,
    ],
    [['lenet-step', '--quantity', 'k3.1'], /^error: quantity: expected a name such as k2\.5\.3\.1\.2/],
    [['--html', 'x.html'], /^error: expected an example to write to x\.html; longhand-replay list shows all\n$/],
    [['conv-mse', '--html', '-'], /^error: option '--html' expects the name of a file, or none for standard output/],
    [['conv-mse', '--markdown', '.'], /^error: \.: expected a new file, but it is a folder; try conv-mse\.md\n$/],
    [['lenet-step', '--digit', '12'], /^error: expected a digit from 0 to 9, got 12\n$/],
    [['--tint'], /unknown option/],
  ])('%j', async (options, message) => {
    const { code, stdout, stderr } = await replay(options);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('what cannot be meant is refused in one line', () => {
  const model = fileURLToPath(new URL('../../trainer/fixtures/lenet-documented.safetensors', import.meta.url));

  test.each([
    [['conv1d-step', '--digit', '3'], '--digit has no meaning for conv1d-step; leave it out'],
    [['lenet-step', '--order', 'standard'], '--order has no meaning for lenet-step; leave it out'],
    [['lenet-step', '--convolution', 'true-convolution'], '--convolution has no meaning for lenet-step; leave it out'],
    [['lenet-step', '--set', 'x.0.0=1'], '--set has no meaning for lenet-step; leave it out'],
    [['network-step', '--pooling', 'mean'], '--pooling has no meaning for network-step; leave it out'],
    [
      ['lenet-step', '--model', model, '--activation', 'tanh'],
      '--activation and --pooling are those of the model; leave them out',
    ],
    [['lenet-step', '--mode', 'train'], '--mode has no meaning for lenet-step; leave it out'],
    [['conv-mse', '--network', 'wide'], '--network has no meaning for conv-mse; leave it out'],
  ])('%j', async (options, message) => {
    expect(await replay(options)).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
  });

  test.each([
    ['nowhere', 'expected a model that longhand train saved, but there is no such file'],
    ['.', 'expected a model that longhand train saved, but it is a folder'],
  ])('the model %j', (file, message) => {
    const { code, stderr } = built(['lenet-step', '--model', file]);
    expect([code, stderr]).toEqual([3, `error: ${file}: ${message}\n`]);
  });

  test('a trained model is taken', async () => {
    expect(await replay(['lenet-step', '--quantity', 'o7', '--model', model])).toMatchObject({ code: 0, stderr: '' });
  });
});
