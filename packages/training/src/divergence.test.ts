/** A run that diverges names what was not finite first. */
import { imageDataset } from '@longhand/datasets';
import { batchNorm, dense, flatten, type Loss, type Network, sequential, softmaxCrossEntropy } from '@longhand/layers';
import { type Schedule, sgd } from '@longhand/optimizers';
import { OptionError } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { DivergenceError } from './divergence';
import { fit } from './fit';
import { train } from './train';
import { TrainingRun } from './training-run';

const plain = sequential({
  input: [1, 2, 1],
  layers: { flatten: flatten(), fc1: dense({ outFeatures: 4 }), fc2: dense({ outFeatures: 3 }) },
});
const normalized = sequential({
  input: [1, 2, 1],
  layers: { flatten: flatten(), fc1: dense({ outFeatures: 4 }), bn: batchNorm(), fc2: dense({ outFeatures: 3 }) },
});
// Three micro-batches a step, two steps an epoch.
const count = 80;
const dataset = imageDataset({
  name: 'pixels',
  images: Uint8Array.from({ length: 2 * count }, (_, at) => (at * 37) % 256),
  labels: Uint8Array.from({ length: count }, (_, at) => at % 3),
  height: 1,
  width: 2,
});
const options = {
  network: plain,
  dataset,
  normalization: { mean: 0, std: 1 },
  optimizer: sgd({ learningRate: 0.5 }),
  epochs: 2,
  batchSize: 40,
  seed: 1,
  threads: 0,
};
const lower = 'Try a learning rate below 0.5, such as 0.05';

/** Softmax with cross-entropy, and something done to it at each step, counted from 0. */
function disturbed(disturb: (step: number, pass: ReturnType<Loss['prepare']>, dOutput: Float32Array) => void): Loss {
  return {
    description: { kind: 'disturbed' },
    prepare(pass) {
      const loss = softmaxCrossEntropy().prepare(pass);
      const disturbNow = (): void => disturb(pass.context.step, loss, pass.dOutput as Float32Array);
      return {
        ...loss,
        forward() {
          loss.forward();
          disturbNow();
        },
        inputGradient() {
          loss.inputGradient();
          disturbNow();
        },
      };
    },
  };
}

async function messageOf(change: object): Promise<string> {
  const error = await train({ ...options, ...change }).result.catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(DivergenceError);
  return (error as Error).message;
}

const huge = (network: Network, path: string): ReturnType<Network['zeros']> => {
  const parameters = network.zeros();
  parameters.get('fc1.weight').data.fill(1);
  parameters.get('fc1.bias').data.fill(1);
  parameters.get(path).data.fill(3e38);
  return parameters;
};

describe.each([
  ['a plain network', plain],
  ['a network whose micro-batches meet', normalized],
])('%s', (_, network) => {
  test('the gradient', async () => {
    const loss = disturbed((step, _pass, dOutput) => {
      // Of one image, in the step before the last.
      if (step === 2) dOutput[1] = Number.POSITIVE_INFINITY;
    });
    expect(await messageOf({ network, loss })).toMatch(
      /^train: the loss became NaN at step 2 of epoch 2: the gradient of 'fc1.weight' at step 1 of epoch 2 was not finite\. Try /,
    );
  });

  test('the loss, of one’s own', async () => {
    const loss = disturbed((step, pass) => {
      if (step === 1) pass.loss[3] = Number.NaN;
    });
    expect(await messageOf({ network, loss })).toBe(
      "train: the loss became NaN at step 2 of epoch 1: the loss 'disturbed' was not finite. Check that loss",
    );
  });

  test('the schedule', async () => {
    const schedule: Schedule = { description: { kind: 'own' }, factor: ({ step }) => (step === 2 ? Number.NaN : 1) };
    expect(await messageOf({ network, schedule })).toBe(
      'train: the loss became NaN at step 2 of epoch 2: the learning rate of step 1 of epoch 2 was NaN. Check the schedule',
    );
  });

  test('the output of a layer, for any number of threads', async () => {
    for (const threads of [0, 1, 3]) {
      const message = await messageOf({ network, threads, parameters: huge(network, 'fc1.weight') });
      expect(message).toMatch(
        /^train: the loss became (NaN|Infinity) at step 1 of epoch 1: the output of 'fc1' was not finite\. Try /,
      );
    }
  });

  test('the update, after the last step too', async () => {
    const optimizer = sgd({ learningRate: 1e38 });
    const before = await messageOf({ network, optimizer, normalization: { mean: 0, std: 1e-3 } });
    expect(before).toMatch(/Try a learning rate below 1e\+38, such as 1e\+37$/);
    const loss = disturbed((step, _pass, dOutput) => {
      if (step === 0) dOutput.fill(1e3);
    });
    expect(await messageOf({ network, loss, optimizer, epochs: 1, batchSize: count })).toMatch(
      /^train: '(fc1|bn|fc2)\.\w+' became -?Infinity at step 1 of epoch 1\. Try a learning rate below 1e\+38, such as 1e\+37$/,
    );
    const next = await messageOf({ network, loss, optimizer, epochs: 1 });
    expect(next).toMatch(
      /^train: the loss became NaN at step 2 of epoch 1: the update at step 1 of epoch 1 made '(fc1|bn|fc2)\.\w+' -?Infinity\. Try /,
    );
  });
});

test('values to start from that are not finite, before any step', async () => {
  const parameters = plain.zeros();
  parameters.get('fc2.bias').data[1] = Number.NaN;
  const message =
    "train: expected finite numbers to start from, got NaN in 'fc2.bias'; check the parameters or the state";
  await expect(fit({ ...options, parameters })).rejects.toThrow(new OptionError(message));
  const run = new TrainingRun(options);
  const state = await run.state();
  await run.end();
  state.values[0] = Number.POSITIVE_INFINITY;
  await expect(new TrainingRun(options, state).state()).rejects.toThrow("got Infinity in 'fc1.weight'");
});

test('a normalization that makes pixels infinite in float32', async () => {
  await expect(fit({ ...options, normalization: { mean: 0, std: 1e-40 } })).rejects.toThrow(
    'expected a mean and a standard deviation above 0 to divide by, got 0 and 1e-40',
  );
});

test('a run that has failed makes no further steps', async () => {
  const run = new TrainingRun({ ...options, parameters: huge(plain, 'fc1.weight'), threads: 2 });
  const made = async (): Promise<void> => {
    for await (const _ of run.steps());
  };
  await expect(made()).rejects.toThrow(lower);
  await expect(made()).rejects.toThrow(lower);
  expect(run.stepsMade).toBe(0);
  await run.end();
});
