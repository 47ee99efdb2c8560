/** The built command from the outside: what it prints and what it leaves behind. What takes several runs is in the process of the test. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from '@longhand/formats';
import { describe, expect, test } from 'vitest';
import { longhand } from '../testing/built-command';
import { longhand as inProcess } from '../testing/command-in-process';
import { at, model, quick } from '../testing/test-folder';
import { networkNames } from './command/options';

describe('train and evaluate', () => {
  test('trains, tests, saves, and names the command that tests again', () => {
    const { code, stdout, stderr } = longhand('train', ...quick, '--name', 'a');
    expect(code).toBe(0);
    expect(stderr).toMatch(/total +3,898 +203,520\n/);
    expect(stderr).toMatch(/\nepoch 1\/2 .*loss [\d.]+ .*images\/s\nepoch 2\/2 .*images\/s\n$/);
    expect(stdout).toMatch(/^digits test: 40 images\naccuracy {2,}[\d.]+ % ± [\d.]+/);
    expect(stdout).toMatch(
      / %\n\nSaved runs\/a, weights with checksum [\da-f]{8}\. Look at runs\/a\/report\.html, or test the model again with\n {2}longhand evaluate runs\/a\/last\.safetensors --data digits\n$/,
    );
    const { tensors, metadata } = readSafetensors(readFileSync(at(model('a'))));
    expect([...tensors.keys()]).toEqual([
      'conv1.weight',
      'conv1.bias',
      'conv2.weight',
      'conv2.bias',
      'fc.weight',
      'fc.bias',
    ]);
    expect(JSON.parse(metadata.longhand ?? '').training).toMatchObject({
      seed: 1,
      epochs: 2,
      optimizer: { kind: 'adamw' },
    });
  });

  test('evaluate prints the same accuracy as train did', () => {
    const trained = longhand('train', ...quick, '--name', 'b', '--seed', '7');
    const evaluated = longhand('evaluate', model('b'), '--data', 'digits');
    expect(evaluated.code).toBe(0);
    const accuracy = /accuracy .*/.exec(trained.stdout)?.[0];
    expect(accuracy).toBeDefined();
    expect(evaluated.stdout).toContain(accuracy);
  });

  test('the same seed gives the same file, another seed another', async () => {
    for (const [file, seed] of [
      ['s1', '3'],
      ['s2', '3'],
      ['s3', '4'],
    ] as const) {
      await inProcess(['train', ...quick, '--name', file, '--seed', seed]);
    }
    expect(readFileSync(at(model('s2')))).toEqual(readFileSync(at(model('s1'))));
    expect(readFileSync(at(model('s3')))).not.toEqual(readFileSync(at(model('s1'))));
  });

  test('any number of threads gives the same file', async () => {
    for (const threads of ['1', '2', '5']) {
      const { code } = await inProcess(['train', ...quick, '--name', `t${threads}`, '--threads', threads]);
      expect(code).toBe(0);
    }
    expect(readFileSync(at(model('t2')))).toEqual(readFileSync(at(model('t1'))));
    expect(readFileSync(at(model('t5')))).toEqual(readFileSync(at(model('t1'))));
  });

  test('the reference kernels train too, and the model tells which did', () => {
    longhand('train', ...quick, '--name', 'plain', '--kernels', 'reference');
    const { metadata } = readSafetensors(readFileSync(at(model('plain'))));
    expect(JSON.parse(metadata.longhand ?? '').training).toMatchObject({ kernels: 'reference' });
  });

  test('fused kernels train where there are any, and are refused in a line elsewhere', () => {
    const { code, stderr } = longhand('train', ...quick, '--name', 'fused', '--kernels', 'fused');
    if (code === 0) expect(existsSync(at(model('fused')))).toBe(true);
    else {
      expect(code).toBe(2);
      expect(stderr).toMatch(/error: kernels fused: expected [^\n]+; use the strict kernels\n$/);
    }
  });

  test('without --name runs are numbered, nothing is overwritten', async () => {
    for (let run = 0; run < 2; run++) await inProcess(['train', ...quick, '--epochs', '1', '--limit', '16']);
    const runs = readdirSync(at('runs')).filter((name) => name.startsWith('lenet-documented'));
    expect(runs.sort()).toEqual(['lenet-documented', 'lenet-documented-2']);
    expect(readFileSync(at('runs/lenet-documented/report.html'), 'utf8')).toContain('1 epoch of 16 images');
  });
});

describe('bench', () => {
  test('measures training, inference and each kernel', () => {
    const { code, stdout } = longhand('bench', '--seconds', '0.1', '--threads', '1');
    expect(code).toBe(0);
    expect(longhand('bench', '--seconds', '0.1', '--apart').stdout).toMatch(/\nconv2dWeightGrad +28×28×1 → 24×24×6 /);
    expect(stdout).toMatch(/^lenet-documented, batches of 64, 1 thread, strict kernels, Node\.js /);
    expect(stdout).toMatch(/\ntraining {3}[\d,]+ images\/s\ninference {2}[\d,]+ images\/s\n/);
    expect(stdout).toMatch(/\npooledConv2dWeightGrad +28×28×1 → 12×12×6 +[\d.]+ +[\d.]+ +\d+ %\n/);
  });

  test('measures a network of one’s own', () => {
    writeFileSync(at('own.json'), JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures: 10 }] }));
    const { code, stdout } = longhand('bench', '--seconds', '0.1', '--model', 'own.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^own, batches of 64, /);
    writeFileSync(at('own.json'), JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures: 9 }] }));
    expect(longhand('bench', '--model', 'own.json')).toMatchObject({
      code: 3,
      stderr:
        'error: own.json: expected 10 outputs, one for each class of MNIST, got 9 from fc; give the last dense layer "outFeatures": 10\n',
    });
  });

  test('the panel has the presets and the network files of the benchmarks', { tags: ['exhaustive'] }, () => {
    const options = ['--panel', '--seconds', '0.01', '--threads', '1', '--json'];
    const { networks } = JSON.parse(longhand('bench', ...options).stdout);
    const files = readdirSync(join(import.meta.dirname, '../../../benchmarks/networks'));
    expect(networks.map(({ network }: { network: string }) => network)).toEqual([
      ...networkNames,
      ...files.map((file) => file.replace('.json', '')).sort(),
    ]);
    const mlp = networks.find(({ network }: { network: string }) => network === 'mlp');
    expect(mlp).toMatchObject({ parameters: 235_146, trainingImagesPerSecond: expect.any(Number) });
    expect(longhand('bench', '--panel', '--network', 'wide')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--panel' cannot be used with option '--network <name>'"),
    });
  });

  test('the same as a line of JSON', () => {
    // A small network: the reference takes a while for 10,000 digits.
    writeFileSync(at('own.json'), JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures: 10 }] }));
    const options = [
      '--seconds',
      '0.1',
      '--json',
      '--kernels',
      'reference',
      '--batch-size',
      '32',
      '--model',
      'own.json',
    ];
    const result = JSON.parse(longhand('bench', ...options).stdout);
    expect(result).toMatchObject({ network: 'own', batchSize: 32, kernels: 'reference' });
    expect(result.trainingImagesPerSecond).toBeGreaterThan(0);
    expect(result.kernelTimings.map(({ kernel }: { kernel: string }) => kernel)).toContain('pixelDenseWeightGrad');
  });
});

test('help shows every command with an example', async () => {
  for (const command of ['', 'train', 'evaluate', 'inspect', 'check', 'bench', 'completion']) {
    const { code, stdout } = await inProcess([...(command === '' ? [] : [command]), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}longhand/);
  }
  expect(longhand('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('no command shows the help', () => {
  const { code, stderr } = longhand();
  expect(code).toBe(2);
  expect(stderr).toContain('Usage: longhand');
});
