/** A run that has failed because numbers became NaN or infinite, and which of them was the first. */
import type { Loss, NetworkParameters } from '@longhand/layers';
import { isBuiltIn } from '@longhand/schema';
import { type Findings, nonFiniteIn, nonFiniteParameter } from './workers/findings';

/** A loss, a gradient or a parameter became NaN or infinite: the run has failed. The message is one line and names the first. */
export class DivergenceError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'DivergenceError';
}

/** The loss of a step is not finite: to be explained. */
export class NonFiniteLoss extends Error {
  readonly batchLoss: number;

  constructor(batchLoss: number) {
    super(`the loss became ${batchLoss}`);
    this.batchLoss = batchLoss;
  }
}

export interface DivergenceOptions {
  /** The step whose loss is not finite, or that would come next, counted from 0 over the whole run. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** The loss of the step. Default: it was finite, and the last update was not. */
  readonly batchLoss?: number;
  readonly learningRateAt: (step: number) => number;
  /** The optimizer's. */
  readonly learningRate: number;
  /** As they are now. */
  readonly parameters: NetworkParameters;
  readonly findings: Findings;
  readonly loss: Loss;
}

/** What became NaN or infinite, what was before it, and what to do. */
export function divergence(options: DivergenceOptions): DivergenceError {
  const { step, stepsPerEpoch, batchLoss, parameters } = options;
  const parameter = nonFiniteParameter(parameters);
  const what =
    batchLoss === undefined && parameter !== undefined
      ? `'${parameter.path}' became ${parameter.value} at ${nameOf(step - 1, stepsPerEpoch)}`
      : `the loss became ${batchLoss} at ${nameOf(step, stepsPerEpoch)}`;
  const { cause, advice } = causeOf(options);
  return new DivergenceError(`train: ${what}${cause === undefined ? '' : `: ${cause}`}. ${advice}`);
}

function causeOf(options: DivergenceOptions): { readonly cause?: string; readonly advice: string } {
  const { step, stepsPerEpoch, batchLoss, learningRateAt, learningRate, parameters, findings, loss } = options;
  for (let before = 0; before < step; before++) {
    const rate = learningRateAt(before);
    if (Number.isFinite(rate)) continue;
    const cause = `the learning rate of ${nameOf(before, stepsPerEpoch)} was ${rate}`;
    return { cause, advice: 'Check the schedule' };
  }
  const lower = `Try a learning rate below ${learningRate}, such as ${Number((learningRate / 10).toPrecision(2))}`;
  // Learned ones: buffers change in the forward pass.
  const parameter = nonFiniteIn(parameters.entries, parameters.values);
  if (parameter !== undefined) {
    const last = nameOf(step - 1, stepsPerEpoch);
    const { gradient } = findings;
    if (gradient !== undefined)
      return { cause: `the gradient of '${gradient}' at ${last} was not finite`, advice: lower };
    if (batchLoss === undefined) return { advice: lower };
    return { cause: `the update at ${last} made '${parameter.path}' ${parameter.value}`, advice: lower };
  }
  const { forward } = findings;
  if (forward === undefined) return { advice: lower };
  const isOwnLoss = forward.what.startsWith('the loss') && !isBuiltIn(loss);
  return { cause: `${forward.what} was not finite`, advice: isOwnLoss ? 'Check that loss' : lower };
}

function nameOf(step: number, stepsPerEpoch: number): string {
  return `step ${(step % stepsPerEpoch) + 1} of epoch ${Math.floor(step / stepsPerEpoch) + 1}`;
}
