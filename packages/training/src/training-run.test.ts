/** Runs that are halted and resumed: the same steps are reported, with the same bytes at the end. */
import { augmentation, subset } from '@longhand/datasets';
import { lenetDocumented, type NetworkParameters } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, gradientClipping, lion, muon, oneCycle, sgd, weightAverage } from '@longhand/optimizers';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { evaluate } from './evaluate';
import type { TrainingOptions, TrainingProgress, TrainingState } from './training-options';
import { TrainingRun } from './training-run';
import { Engine, poolOf } from './workers/engine';

const options: TrainingOptions = {
  network: lenetDocumented(),
  dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 150 }),
  normalization: mnistNormalization,
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  schedule: oneCycle(),
  epochs: 3,
  batchSize: 32,
  seed: 1,
  threads: 2,
};
const variants: [string, Partial<TrainingOptions>][] = [
  ['momentum', {}],
  [
    'AdamW and an average of the weights',
    { optimizer: adamw({ learningRate: 0.01 }), averaging: weightAverage({ decay: 0.9 }) },
  ],
  [
    'augmentation and label smoothing',
    { augmentation: augmentation({ shift: 1.5, rotation: 8, elastic: 1 }), labelSmoothing: 0.1 },
  ],
  [
    'Lion, gradients clipped by norm',
    { optimizer: lion({ learningRate: 0.001 }), gradientClipping: gradientClipping({ norm: 0.5 }) },
  ],
  [
    'Muon, an average of the weights',
    {
      optimizer: muon({ learningRate: 0.02, adamwLearningRate: 0.01, adamwLayers: ['fc'] }),
      averaging: weightAverage({ decay: 0.9 }),
    },
  ],
  ['one worker without shared memory', { averaging: weightAverage({ decay: 0.9 }), shareMemory: false }],
];

const onSharedEngine = sharedEngines();

/** The steps and the final state of a run that is halted at these numbers of steps, and resumed by another run each time. */
async function inPieces(
  given: TrainingOptions,
  halts: readonly number[],
): Promise<{ reported: TrainingProgress[]; state: TrainingState }> {
  const reported: TrainingProgress[] = [];
  let state: TrainingState | undefined;
  for (const halt of [...halts, Number.POSITIVE_INFINITY]) {
    const run = new TrainingRun(onSharedEngine(given), state);
    for await (const progress of run.steps(halt)) reported.push(progress);
    state = await run.state();
    await run.end();
  }
  return { reported, state: state as TrainingState };
}

describe('a run that is halted and resumed', () => {
  test.each(variants)('reports the same steps and ends with the same bytes: %s', async (_, variant) => {
    const given = { ...options, ...variant };
    const whole = await inPieces(given, []);
    expect(whole.reported.length).toBe(15);
    // In the middle of an epoch, at the end of one, and before the first step.
    expect(await inPieces(given, [0, 2, 5, 12])).toEqual(whole);
  });

  test.each([true, false])('looks at the weights while it goes on, shared memory %s', async (shareMemory) => {
    const run = new TrainingRun({ ...options, shareMemory });
    const looks: Promise<NetworkParameters>[] = [];
    for await (const _ of run.steps()) looks.push(run.snapshot());
    const state = await run.state();
    const last = (await run.snapshot()).values;
    // Looking changes nothing, and a later step does not change what was seen.
    expect(last).toEqual(state.values);
    expect(state).toEqual((await inPieces(options, [])).state);
    const [first] = await Promise.all(looks);
    expect(first?.values).not.toEqual(last);
    await run.end();
    expect(first?.get('conv1.weight').shape).toEqual([6, 1, 5, 5]);
  });

  test('a caller leaves in the middle: the run stands after the last step under way', async () => {
    const { state: whole } = await inPieces(options, []);
    const run = new TrainingRun(options);
    for await (const { step } of run.steps()) if (step === 3) break;
    const state = await run.state();
    await run.end();
    expect(state.steps).toBe(run.stepsMade);
    expect(state.steps).toBeGreaterThanOrEqual(3);
    const rest = new TrainingRun(options, state);
    for await (const _ of rest.steps());
    expect(await rest.state()).toEqual(whole);
    await rest.end();
  });

  test('a caller that halts the run gets the figures of every step', async () => {
    const { reported: all, state: whole } = await inPieces(options, []);
    const reported: TrainingProgress[] = [];
    const run = new TrainingRun(options);
    for await (const progress of run.steps()) {
      reported.push(progress);
      run.halt();
    }
    expect(reported.length).toBe(run.stepsMade);
    expect(reported.length).toBeLessThan(run.totalSteps);
    for await (const progress of run.steps()) reported.push(progress);
    expect({ reported, state: await run.state() }).toEqual({ reported: all, state: whole });
    await run.end();
  });

  test.each([0, 2])('a halt while the run is being launched is not forgotten: %i threads', async (threads) => {
    const run = new TrainingRun({ ...options, threads });
    const steps = run.steps();
    const first = steps.next();
    run.halt();
    expect(await first).toEqual({ done: true, value: undefined });
    expect((await run.state()).steps).toBe(0);
    for await (const _ of run.steps(2));
    expect(run.stepsMade).toBe(2);
    await run.end();
  });

  test('one run continues after a halt, also with workers that do something else meanwhile', async () => {
    const { state: whole } = await inPieces(options, []);
    const engine = new Engine({ threads: 2 });
    const run = new TrainingRun({ ...options, engine });
    for (let halt = 1; halt <= run.totalSteps; halt += 3) {
      for await (const _ of run.steps(halt));
      expect((await run.state()).steps).toBe(halt);
      await evaluate({ ...options, parameters: options.network.zeros(), engine });
    }
    for await (const _ of run.steps());
    expect(await run.state()).toEqual(whole);
    await run.end();
    await engine.end();
  });

  test('two runs at once on the same workers do not mix', async () => {
    // Batches of one micro-batch take one worker, those of two take both.
    const variants = [
      { ...options, seed: 1 },
      { ...options, seed: 2, batchSize: 16 },
    ];
    const apart = [await inPieces(variants[0], []), await inPieces(variants[1], [])];
    const engine = new Engine({ threads: 2 });
    expect(await Promise.all(variants.map((variant) => inPieces({ ...variant, engine }, [2])))).toEqual(apart);
    await engine.end();
  });

  test('without shared memory the state is sent in arrays that any page may post', async () => {
    const engine = new Engine({ shareMemory: false });
    const run = new TrainingRun({ ...options, engine });
    for await (const _ of run.steps(1));
    const [{ values, slots }] = await poolOf(engine).request(1, 'state', { run: 1 });
    for (const { buffer } of [values, ...Object.values(slots)]) expect(buffer).toBeInstanceOf(ArrayBuffer);
    await run.end();
    await engine.end();
  });

  test('a run that has been ended has no state', async () => {
    const run = new TrainingRun(options);
    for await (const _ of run.steps(2));
    await run.end();
    await expect(run.state()).rejects.toThrow('train: expected a run under way, got one that has been ended');
    await expect(run.steps(3).next()).rejects.toThrow('got one that has been ended');
  });
});

describe('augmented digits', () => {
  const augmented = { ...options, augmentation: augmentation({ shift: 1.5, rotation: 8 }) };

  test('are the same for any number of threads, and for every set of kernels', async () => {
    const one = await inPieces({ ...augmented, threads: 1 }, []);
    expect(await inPieces({ ...augmented, threads: 3 }, [])).toEqual(one);
    const { reported } = await inPieces({ ...augmented, kernels: 'reference' }, []);
    // Before the first update only the images matter.
    expect(reported[0].batchLoss).toBeCloseTo(one.reported[0].batchLoss, 5);
    const { reported: plain } = await inPieces(options, []);
    expect(Math.abs(plain[0].batchLoss - one.reported[0].batchLoss)).toBeGreaterThan(0.001);
  });

  test('differ in every epoch', async () => {
    // One batch holds them all, and the weights hardly move: losses differ by augmentation alone.
    const still = { ...augmented, optimizer: sgd({ learningRate: 1e-12 }), batchSize: 150 };
    const { reported } = await inPieces(still, []);
    expect(reported.length).toBe(3);
    expect(Math.abs(reported[1].batchLoss - reported[0].batchLoss)).toBeGreaterThan(0.001);
  });
});

test('augmentation is closed for the last fraction of the run', async () => {
  const still = { ...options, optimizer: sgd({ learningRate: 1e-12 }), batchSize: 150, epochs: 4 };
  const plain = (await inPieces(still, [])).reported.map(({ batchLoss }) => batchLoss);
  const half = { ...still, augmentation: augmentation({ shift: 1.5 }), closeAugmentation: 0.5 };
  const mixed = (await inPieces(half, [3])).reported.map(({ batchLoss }) => batchLoss);
  const isAlike = mixed.map((loss, step) => Math.abs(loss - plain[step]) < 1e-6);
  expect(isAlike).toEqual([false, false, true, true]);
  expect(() => new TrainingRun({ ...options, closeAugmentation: 2 })).toThrow(
    'expected a number from 0 to 1 as close augmentation, got 2',
  );
});

test('a label smoothing of one is refused', () => {
  expect(() => new TrainingRun({ ...options, labelSmoothing: 1 })).toThrow(
    'train: expected a number from 0 to below 1 as label smoothing, got 1',
  );
});

describe('a state that belongs to another run is refused', () => {
  const state: TrainingState = {
    steps: 1,
    lossSum: 0,
    correct: 0,
    values: new Float32Array(3898),
    slots: { velocity: new Float32Array(3898) },
  };
  test.each<[string, Partial<TrainingOptions>, Partial<TrainingState>]>([
    ['0 to 15 steps made, got 16', {}, { steps: 16 }],
    ['the memory of adamw (mean, meanSquare), got velocity', { optimizer: adamw({ learningRate: 1 }) }, {}],
    ['an average of the weights, got none', { averaging: weightAverage({ decay: 0.5 }) }, {}],
    ['no average of the weights, got one', {}, { average: new Float32Array(3898) }],
    ['3898 numbers as weights, got 2', {}, { values: new Float32Array(2) }],
    ['3898 numbers as velocity, got 5', {}, { slots: { velocity: new Float32Array(5) } }],
  ])('%s', (expected, variant, change) => {
    expect(() => new TrainingRun({ ...options, ...variant }, { ...state, ...change })).toThrow(
      `train: expected a state with ${expected}; give the options of the run it is of`,
    );
  });
});
