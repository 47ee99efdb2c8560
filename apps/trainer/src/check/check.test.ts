/** `longhand check`: what it prints, what it refuses, and that a wrong derivative ends it with 1. */
import { writeFileSync } from 'node:fs';
import { checkGradients, type GradientCheckReport, lenetDocumented } from '@longhand/layers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at } from '../../testing/test-folder';
import { checkCommand } from './check-command';

vi.mock('@longhand/layers', async (original) => {
  const layers = await original<typeof import('@longhand/layers')>();
  return { ...layers, checkGradients: vi.fn(layers.checkGradients) };
});

describe('networks whose derivatives are right', () => {
  test('one with a name', async () => {
    const { code, stdout, stderr } = await longhand(['check', '--network', 'lenet5', '--samples', '3']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^lenet5: 61,706 parameters {2}float64, 2 random images, training mode\n\nderivatives of +entries +checked /,
    );
    expect(stdout).toMatch(/\nfc2\.weight +10,080 +3 +0 +[\d.]+ +[\d.e-]+\n/);
    expect(stdout).toMatch(
      /\n\npassed {2}3\d derivatives {2}(\d left out at kinks {2})?largest relative error [\d.]+e-\d+\n? +allowed 1\.0e-7\n$/,
    );
  });

  test('one of a file, entry by entry, the same for the same seed', async () => {
    const layers = [
      { kind: 'conv2d', outChannels: 2, kernel: 3, stride: 2, padding: 'same' },
      'silu',
      'flatten',
      { kind: 'dense', outFeatures: 3 },
      'softmax',
    ];
    writeFileSync(at('mine.json'), JSON.stringify({ input: [6, 7, 2], layers }));
    const check = async (seed: string): Promise<string> =>
      (await longhand(['check', '--model', 'mine.json', '--samples', '1000', '--seed', seed, '--json'])).stdout;
    const report = JSON.parse(await check('1'));
    expect(report).toMatchObject({ network: 'mine', passed: true, checked: 2 * 84 + 36 + 2 + 72 + 3, kinks: 0 });
    expect(report.arrays.map(({ array }: { array: string }) => array)).toEqual([
      ...['input', 'conv.weight', 'conv.bias', 'fc.weight', 'fc.bias'],
    ]);
    expect(await check('1')).toBe(await check('1'));
    expect(JSON.parse(await check('2')).worst).not.toEqual(report.worst);
  });
});

describe('a derivative that is wrong', () => {
  afterEach(() => vi.restoreAllMocks());

  /** What the command prints and throws when the check finds this. */
  async function ending(report: GradientCheckReport): Promise<{ printed: string; error: unknown }> {
    vi.mocked(checkGradients).mockReturnValueOnce(report);
    let printed = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
    const error = await checkCommand({ network: 'lenet-documented', samples: 1, seed: 1 }).catch((thrown) => thrown);
    return { printed, error };
  }

  const right = checkGradients(lenetDocumented(), { batch: 1, samplesPerArray: 1 });
  const [input, weight, ...others] = right.arrays;

  test('stands in its row and in the verdict, and ends with 1', async () => {
    const worst = { array: 'conv1.weight', index: 7, analytic: 1, numerical: 1.5, relativeError: 1 / 3 };
    const arrays = [input, { ...weight, worst }, ...others];
    const { printed, error } = await ending({ ...right, passed: false, worst, arrays, message: 'what is wrong' });
    expect(printed).toMatch(/\nconv1\.weight +150 +1 +0 +[\d.]+ +3\.3e-1\n/);
    expect(printed).toMatch(/\nFAILED {2}/);
    expect(error).toMatchObject({ exitCode: 1, message: 'lenet-documented: what is wrong' });
  });

  test('could hide where every number tried lies at a kink: that is said', async () => {
    const arrays = [input, { ...weight, worst: undefined, checked: 0, kinks: 1 }, ...others];
    const { printed, error } = await ending({ ...right, arrays });
    expect(printed).toMatch(/\nno entry of conv1\.weight away from a kink was found; {2}try more --samples\npassed /);
    expect(error).toBeUndefined();
  });
});

test.each<[string[], number, RegExp]>([
  [['--samples', '0'], 2, /argument '0' is invalid\. Expected a whole number of at least 1\.\n$/],
  [
    ['--model', 'mine.json', '--network', 'wide'],
    2,
    /^error: option '--model <file>' cannot be used with option '--network <name>'\n$/,
  ],
  [['--model', 'gone.json'], 3, /^error: gone\.json: expected a network as JSON, but there is no such file\n$/],
  [['--model', 'digits'], 3, /^error: digits: expected a network as JSON, but it is a folder\n$/],
  [['--model', 'digits/t10k-images-idx3-ubyte'], 3, /: expected a network as JSON, got a file that is no text\n$/],
  [['--model'], 2, /argument missing/],
])('%j is refused', async (options, exitCode, message) => {
  const { code, stdout, stderr } = await longhand(['check', ...options]);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([exitCode, '']);
});
