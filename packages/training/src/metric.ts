/** Metrics: figures of an evaluation besides loss and accuracy, built by the user. They run in the caller's thread. */

/** The predictions of an evaluation, in the order of the data set. */
export interface MetricInput {
  /** The number of images. */
  readonly count: number;
  /** The true class of each image. */
  readonly labels: ArrayLike<number>;
  /** The predicted class of each image. */
  readonly predicted: ArrayLike<number>;
  /** The confusion matrix: the number of images by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** The number of outputs of the network. */
  readonly outputs: number;
  /** `[image, output]`: the output of softmax. With another loss, its prediction for each output. */
  readonly probabilities: Float32Array;
}

/**
 * A figure of the predictions.
 *
 * @example
 * const topTwo: Metric = ({ count, labels, outputs, probabilities }) => {
 *   let hits = 0;
 *   for (let n = 0; n < count; n++) {
 *     const row = probabilities.subarray(n * outputs, (n + 1) * outputs);
 *     if (row.filter((p) => p > row[labels[n]]).length < 2) hits++;
 *   }
 *   return hits / count;
 * };
 */
export type Metric = (input: MetricInput) => number;

/** Metrics by name. */
export type Metrics = Readonly<Record<string, Metric>>;
