/**
 * Parts 1 to 3 of a step (`training-job.ts`): the micro-batches of a batch forward and backward, their figures, and the sum of
 * their gradients.
 *
 * Either each micro-batch runs by itself, all on one pass: so few arrays that they stay in the cache. Or, in a network with
 * reductions, such as those of batch normalization, each has a pass of its own, and all meet at every reduction.
 */
import type { BatchReduction, Operation } from '@longhand/layers';
import type { FloatArray } from '@longhand/tensor';
import { microBatchSize } from '../micro-batch-input';
import type { MicroBatchPass, MicroBatchResult } from '../micro-batch-pass';
import { type ForwardFinding, firstOf } from './findings';
import type { GradientSum } from './gradient-sum';
import type { RankOfJob, TrainingSetup } from './protocol';
import { microBatchesPerRound } from './round-sizes';

/** The images of a step: `order[first]` to `order[last − 1]`. */
export interface Batch {
  readonly order: Uint32Array;
  readonly first: number;
  readonly last: number;
  /** Counted from 0 over the whole run. */
  readonly step: number;
}

/** The figures of a whole batch. */
export interface BatchFigures {
  readonly lossSum: number;
  readonly correct: number;
}

export interface BatchRunner {
  /**
   * Runs a batch and leaves its gradients, summed over this rank's slice. All ranks have to call theirs. Where the sum of the losses is
   * not finite, the gradients of the batch before stay.
   */
  run(batch: Batch): BatchFigures;
  /** What is NaN or infinite in this rank's part of the batch that was run last, the nearest to the input. */
  nonFinite(batch: Batch): ForwardFinding | undefined;
}

/** What both ways of running a batch need. */
export interface BatchRunnerOptions extends Pick<RankOfJob, 'rank' | 'worldSize'> {
  readonly setup: Pick<TrainingSetup, 'microBatchLosses' | 'microBatchCorrect'>;
  /** `[micro-batch, number]`, in this thread's memory. */
  readonly microBatchGradients: FloatArray;
  /** Binds a pass to where the micro-batch of a row leaves its part of gradients over the whole batch. */
  readonly leaveAt: (pass: MicroBatchPass, row: number) => () => void;
  readonly gradients: GradientSum;
  readonly waitForAll: () => void;
}

/** Runs micro-batches by themselves, in rounds of {@link microBatchesPerRound}. */
export function batchInRounds(pass: MicroBatchPass, options: BatchRunnerOptions): BatchRunner {
  const { rank, worldSize, setup, microBatchGradients, leaveAt, gradients, waitForAll } = options;
  const { microBatchLosses, microBatchCorrect } = setup;
  const passGradients = pass.gradients as FloatArray;
  const leave = Array.from({ length: microBatchLosses.length }, (_, row) =>
    row % worldSize === rank ? leaveAt(pass, row) : undefined,
  );
  const runMicroBatch = ({ order, first, last, step }: Batch, microBatch: number): MicroBatchResult => {
    const from = first + microBatch * microBatchSize;
    const to = Math.min(from + microBatchSize, last);
    return pass.run({ indices: order, from, to, batchSize: last - first, step });
  };
  function run(batch: Batch): BatchFigures {
    const microBatches = Math.ceil((batch.last - batch.first) / microBatchSize);
    let lossSum = 0;
    let correct = 0;
    for (let done = 0; done < microBatches; done += microBatchesPerRound) {
      const rows = Math.min(microBatchesPerRound, microBatches - done);
      for (let row = rank; row < rows; row += worldSize) {
        const result = runMicroBatch(batch, done + row);
        microBatchGradients.set(passGradients, row * passGradients.length);
        leave[row]?.();
        microBatchLosses[row] = result.lossSum;
        microBatchCorrect[row] = result.correct;
      }
      waitForAll();
      for (let row = 0; row < rows; row++) {
        lossSum += microBatchLosses[row];
        correct += microBatchCorrect[row];
      }
      if (!Number.isFinite(lossSum)) break;
      gradients.add(rows, done === 0);
      // The next round overwrites the rows that other ranks may still be adding.
      if (done + microBatchesPerRound < microBatches) waitForAll();
    }
    return { lossSum, correct };
  }
  return {
    run,
    // One pass for all: each micro-batch has to be run again.
    nonFinite(batch) {
      const findings: ForwardFinding[] = [];
      const microBatches = Math.ceil((batch.last - batch.first) / microBatchSize);
      for (let microBatch = rank; microBatch < microBatches; microBatch += worldSize) {
        runMicroBatch(batch, microBatch);
        const found = pass.nonFinite();
        if (found !== undefined) findings.push(found);
      }
      return nearest(findings);
    },
  };
}

/** The finding nearest to the input. */
function nearest(findings: readonly ForwardFinding[]): ForwardFinding | undefined {
  return firstOf(findings.map((forward) => ({ forward }))).forward;
}

/**
 * Runs all micro-batches of a batch together.
 *
 * @param passes those of the micro-batches `rank`, `rank + worldSize`, …, which write their gradients to their own rows; at
 *   least one
 * @param partials `[micro-batch, number]`, see `TrainingSetup`
 */
export function batchTogether(
  passes: readonly MicroBatchPass[],
  partials: FloatArray,
  options: BatchRunnerOptions,
): BatchRunner {
  const { rank, worldSize, setup, leaveAt, gradients, waitForAll } = options;
  const { microBatchLosses, microBatchCorrect } = setup;
  const own = passes.map((pass, k) => {
    const row = rank + k * worldSize;
    return { pass, stages: stagesOf(pass.operations), row, leave: leaveAt(pass, row) };
  });
  const shared = sharedPartials(own[0].stages, partials, microBatchLosses.length);
  // In a short last batch a rank may have none; it meets the others all the same.
  const runningIn = ({ first, last }: Batch): typeof own =>
    own.filter(({ row }) => row < Math.ceil((last - first) / microBatchSize));
  function run(batch: Batch): BatchFigures {
    const { order, first, last, step } = batch;
    const batchSize = last - first;
    const rows = Math.ceil(batchSize / microBatchSize);
    const running = runningIn(batch);
    for (const { pass, row } of running) {
      const from = first + row * microBatchSize;
      pass.load({ indices: order, from, to: Math.min(from + microBatchSize, last), batchSize, step });
    }
    for (const [at, ofAll] of shared.entries()) {
      for (const { stages, row } of running) {
        const { reduction } = stages[at];
        stages[at].run();
        if (reduction !== undefined) ofAll[row].set(reduction.partial);
      }
      if (ofAll.length === 0) continue;
      waitForAll();
      const present = ofAll.slice(0, rows);
      for (const { stages, row } of running) stages[at].reduction?.combine(present, row === 0);
    }
    for (const { pass, row, leave } of running) {
      leave();
      const result = pass.result();
      microBatchLosses[row] = result.lossSum;
      microBatchCorrect[row] = result.correct;
    }
    waitForAll();
    const sumOf = (figures: ArrayLike<number>): number => Array.from(figures).slice(0, rows).reduce(sum, 0);
    const lossSum = sumOf(microBatchLosses);
    if (Number.isFinite(lossSum)) gradients.add(rows, true);
    return { lossSum, correct: sumOf(microBatchCorrect) };
  }
  const nonFinite = (batch: Batch): ForwardFinding | undefined =>
    nearest(runningIn(batch).flatMap(({ pass }) => pass.nonFinite() ?? []));
  return { run, nonFinite };
}

const sum = (a: number, b: number): number => a + b;

/** The operations up to each reduction as one: they run micro-batch by micro-batch, so that their arrays stay in the cache. */
function stagesOf(operations: readonly Operation[]): readonly Operation[] {
  const stages: Operation[] = [];
  const close = (parts: readonly Operation[], reduction?: BatchReduction): void => {
    const run = (): void => {
      for (const part of parts) part.run();
    };
    stages.push(reduction === undefined ? { run } : { run, reduction });
  };
  let parts: Operation[] = [];
  for (const operation of operations) {
    parts.push(operation);
    if (operation.reduction === undefined) continue;
    close(parts, operation.reduction);
    parts = [];
  }
  close(parts);
  return stages;
}

/** For each stage the places of all micro-batches' partial results; none for a stage without a reduction. */
function sharedPartials(stages: readonly Operation[], partials: FloatArray, rows: number): FloatArray[][] {
  const rowLength = partials.length / rows;
  let offset = 0;
  return stages.map(({ reduction }) => {
    if (reduction === undefined) return [];
    const begin = offset;
    const end = begin + reduction.partial.length;
    offset = end;
    return Array.from({ length: rows }, (_, row) => partials.subarray(row * rowLength + begin, row * rowLength + end));
  });
}
