/**
 * One rank's part of data-parallel training. A step of all ranks together:
 *
 * 1. The batch is cut into micro-batches of 16 images. A rank runs the micro-batches `rank`, `rank + worldSize`, …
 *    forward and backward, and writes the gradients of each to its row of a shared matrix `[micro-batch, number]`. Of large dense
 *    layers it leaves x and dy instead (`gradient-layout.ts`).
 * 2. Barrier: all rows are written.
 * 3. Reduce-scatter: every rank sums all rows over its own slice of the parameters, and computes the gradients of the large dense
 *    layers in its slice over the whole batch. Then the gradients are clipped, if the run does that: clipping by norm has a
 *    barrier of its own.
 * 4. Every rank applies the optimizer to its slice of the weights, with its slice of the optimizer's slots. (PyTorch
 *    calls this a sharded optimizer, ZeRO.) The weights are shared, so no all-gather follows.
 * 5. Barrier: all weights are updated.
 *
 * The matrix has at most `microBatchesPerRound` rows. A larger batch takes several rounds of 1 to 3, whose sums are accumulated
 * before the update. In a network with reductions, such as those of batch normalization, the micro-batches of a batch meet in
 * the middle of their passes, and the matrix has a row for each of them; see `batch-runner.ts`.
 *
 * **Determinism.** A floating-point sum depends on the order of its terms. The micro-batches of a batch, and the order in
 * which their gradients are added (0, 1, 2, …), do not depend on `worldSize`. So any number of workers gives the same bits;
 * an all-reduce over one sum per rank would not.
 */
import { batchCount, shuffledIndices } from '@longhand/datasets';
import { NetworkParameters } from '@longhand/layers';
import { type AverageArrays, prepareAverage, type WeightAverage } from '@longhand/optimizers';
import { type FloatArray, seededRandom } from '@longhand/tensor';
import { hardestIndices, type Round, roundsOf } from '../hard-examples';
import { lanesFor, microBatchSize } from '../micro-batch-input';
import { type MicroBatchPass, type MicroBatchPassOptions, prepareMicroBatchPass } from '../micro-batch-pass';
import { augmentedImages } from './augmented-images';
import { barrierOf } from './barrier';
import { type Batch, type BatchRunner, batchInRounds, batchTogether } from './batch-runner';
import { type Findings, nonFiniteIn } from './findings';
import { gradientClipper } from './gradient-clipper';
import { gradientLayout, leftOf } from './gradient-layout';
import { gradientSum } from './gradient-sum';
import type { TrainingObjects } from './job-objects';
import { entriesOf, sliceOf, unitsOf } from './parameter-partition';
import type { CopiedState, HardExamplesSetup, RankOfJob, StepsRequest, StepsResult, TrainingSetup } from './protocol';
import { mostOfRound, type Rounds, roundSizes } from './round-sizes';
import { attachMemory } from './shared-memory';
import { teacherPass } from './teacher-pass';

/** A training run, prepared in one worker. */
export interface TrainingJob {
  makeSteps(request: StepsRequest): StepsResult;
  /** A copy of the state as this worker sees it; only needed where memory is not shared. */
  state(): CopiedState;
  /** What was not finite, after a step whose loss was not, or after the last one. */
  findings(): Findings;
}

export function trainingJob(
  setup: TrainingSetup,
  { network, loss, optimizer: rule, augmentation, teachers = [] }: TrainingObjects,
  { rank, worldSize, barrier }: RankOfJob,
): TrainingJob {
  const { dataset, batchSize, seed } = setup;
  const memory = attachMemory(setup.memory);
  const values = memory.attach(setup.values);
  const steady = { values, version: 0 };
  const kernels = memory.kernels.withSteadyParameters?.(steady) ?? memory.kernels;
  const buffers = memory.attach(setup.buffers);
  const slots = mapValues(setup.slots, (slot) => memory.attach(slot));
  const average = setup.average && memory.attach(setup.average);
  const averageBuffers = setup.averageBuffers && memory.attach(setup.averageBuffers);
  const microBatchGradients = memory.attach(setup.microBatchGradients);
  const left = memory.attach(setup.left);
  const augmented = augmentation && augmentedImages(augmentation, dataset, seed);
  const partials = setup.partials && memory.attach(setup.partials);
  const lanes = lanesFor([network, ...teachers], Math.min(batchSize, dataset.count));
  const arePlain = (): boolean => !augmented?.isEnabled;
  const layout = gradientLayout(network, rule, setup.normalization, lanes);
  const passOptions: MicroBatchPassOptions = {
    network,
    parameters: new NetworkParameters(network, values, buffers),
    dataset,
    normalization: setup.normalization,
    loss,
    kernels,
    mode: 'train',
    gradientEntries: layout.summed,
    lanes,
    random: seededRandom(seed).fork('layers'),
    copyImages: augmented?.copyImages,
    labelSmoothing: setup.labelSmoothing,
    teacher: setup.teacher && teacherPass({ networks: teachers, setup: setup.teacher, memory, lanes, arePlain }),
    imageLosses: setup.hardExamples?.imageLosses,
  };
  const waitForAll = barrierOf(barrier, worldSize);

  // This rank's slice of the parameters.
  const rounds: Rounds = { count: dataset.count, batchSize, together: partials !== undefined };
  const rows = mostOfRound(rounds);
  const units = unitsOf(network.parameterEntries, rule, {
    rowsOf: new Map(layout.overBatch.map(({ entry, gradient }) => [entry.path, gradient.rows])),
    microBatches: Math.ceil(Math.min(batchSize, dataset.count) / microBatchSize),
  });
  const own = sliceOf(units, rank, worldSize);
  const slice = (array: FloatArray): FloatArray => array.subarray(own.begin, own.end);
  const counts = roundSizes(rounds);
  const gradients = gradientSum({ kernels, layout, slice: own, microBatchGradients, left, rows, counts });
  const clip = gradientClipper({ ...setup, kernels, units, slice: own, gradients: gradients.sum, waitForAll });
  const ownValues = slice(values);
  const ownAverage = average && slice(average);
  const entries = entriesOf(network.parameterEntries, own);
  const optimizer = rule.prepare(ownValues, mapValues(slots, slice), {
    kernels,
    gradients: gradients.sum,
    ...(entries && { entries }),
  });
  const hasParameters = ownValues.length > 0;
  const averages = setup.averaging === undefined ? [] : preparedAverages(setup.averaging);

  function preparedAverages(averaging: WeightAverage): ((step: number) => void)[] {
    const arrays: (AverageArrays | undefined)[] = [
      ownAverage && { average: ownAverage, values: ownValues },
      // Few numbers, so one rank does it for all.
      rank === 0 && averageBuffers !== undefined ? { average: averageBuffers, values: buffers } : undefined,
    ];
    return arrays.flatMap((given) => (given ? [prepareAverage(averaging, { ...given, kernels })] : []));
  }

  const leaveAt = (pass: MicroBatchPass, row: number): (() => void) => {
    const arrays = leftOf(layout, left, { rows, from: row, to: row + 1 });
    return pass.prepareLeaving(new Map(layout.overBatch.map(({ layer }, index) => [layer, arrays[index]])));
  };
  const runnerOptions = { rank, worldSize, setup, microBatchGradients, leaveAt, gradients, waitForAll };
  const runner: BatchRunner =
    partials === undefined
      ? batchInRounds(prepareMicroBatchPass(passOptions), runnerOptions)
      : batchTogether(passesOfRows(), partials, runnerOptions);

  /** A pass for each of this rank's micro-batches, with their rows for its gradients. */
  function passesOfRows(): MicroBatchPass[] {
    const beginPass = kernels.forPassesInTurns?.() ?? (() => kernels);
    const passes: MicroBatchPass[] = [];
    for (let row = rank; row < setup.microBatchLosses.length; row += worldSize) {
      const gradientValues = microBatchGradients.subarray(row * layout.summedCount, (row + 1) * layout.summedCount);
      passes.push(prepareMicroBatchPass({ ...passOptions, kernels: beginPass(), gradientValues }));
    }
    return passes;
  }

  const stepsPerEpoch = batchCount(dataset.count, batchSize);
  const random = seededRandom(seed).fork('order');
  const { hardExamples } = setup;
  const roundOf = roundsOf(hardExamples, { stepsPerEpoch, totalSteps: hardExamples?.totalSteps ?? 0 });
  let preparedRound: string | number = '';
  let order: Uint32Array = new Uint32Array(dataset.count);

  /**
   * Orders the images for the round of a step. The order follows from seed and epoch alone, or from the losses of the images before it, which
   * are the same for any number of ranks. All ranks have to call it with the same steps.
   */
  function prepareRound(step: number): void {
    const { epoch, first, end, isHard }: Round = roundOf(step);
    const name = isHard ? `${epoch}/${first}` : epoch;
    if (name === preparedRound) return;
    if (isHard && hardExamples !== undefined) {
      const { imageLosses, roundLosses } = hardExamples;
      if (step % stepsPerEpoch === first) {
        if (rank === 0) roundLosses.set(imageLosses);
        waitForAll();
      }
      const [from, to] = [first * batchSize, Math.min(end * batchSize, dataset.count)];
      order.set(hardestIndices(roundLosses, to - from, random.fork(name)), from);
    } else {
      order = shuffledIndices(dataset.count, random.fork(epoch));
    }
    augmented?.startRound(name);
    preparedRound = name;
  }

  /** The batch whose loss was not finite: after it no step is made. */
  let failed: Batch | undefined;

  return {
    makeSteps({ from, learningRates }) {
      steady.version++;
      const lossSums: number[] = [];
      const corrects: number[] = [];
      if (failed !== undefined) return { lossSums, correct: corrects };
      for (const [k, learningRate] of learningRates.entries()) {
        const step = from + k;
        prepareRound(step);
        augmented?.enable(step < setup.closeAugmentationFrom);
        const first = (step % stepsPerEpoch) * batchSize;
        const last = Math.min(first + batchSize, dataset.count);
        const batch = { order, first, last, step };
        const { lossSum, correct } = runner.run(batch);
        lossSums.push(lossSum);
        corrects.push(correct);
        // All ranks have the same sum, so that all of them stop here.
        if (!Number.isFinite(lossSum)) {
          failed = batch;
          break;
        }
        clip();
        optimizer.stepCount = step;
        if (hasParameters) optimizer.update(gradients.sum, learningRate);
        for (const update of averages) update(step + 1);
        waitForAll();
        steady.version++;
      }
      return { lossSums, correct: corrects };
    },
    findings() {
      const gradient = nonFiniteIn(network.parameterEntries, gradients.sum, own.begin)?.path;
      const forward = failed && runner.nonFinite(failed);
      return { ...(gradient !== undefined && { gradient }), ...(forward && { forward }) };
    },
    // Copies: a page without shared memory cannot post parts of a WebAssembly memory.
    state: () => ({
      values: values.slice(),
      buffers: buffers.slice(),
      slots: mapValues(slots, (slot) => slot.slice()),
      ...(average === undefined ? {} : { average: average.slice() }),
      ...(averageBuffers === undefined ? {} : { averageBuffers: averageBuffers.slice() }),
      ...(hardExamples === undefined ? {} : { hardExamples: copyOfLosses(hardExamples) }),
    }),
  };
}

function copyOfLosses(hardExamples: HardExamplesSetup): HardExamplesSetup {
  const { imageLosses, roundLosses } = hardExamples;
  return { ...hardExamples, imageLosses: imageLosses.slice(), roundLosses: roundLosses.slice() };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
