/**
 * Gradients of parameters over a whole batch. A micro-batch of a large dense layer would write a gradient as large as all its weights,
 * to be added to those of the others. Instead each *leaves* what the gradient is made of, and after the last one the gradient is
 * written once, in rows that several threads share. The sum goes over the images in order, whoever computes which rows.
 */
import type { Kernels } from '@longhand/kernels';
import type { FloatArray } from '@longhand/tensor';

/** A parameter of a layer whose gradient is computed over the whole batch, in rows along its first axis. */
export interface BatchGradient {
  /** The parameter's name within the layer: `weight`. */
  readonly parameter: string;
  /** The extent of the parameter along its first axis. */
  readonly rows: number;
  /** How many numbers a micro-batch of so many images leaves, by the names of the arrays. */
  left(images: number): Readonly<Record<string, number>>;
  /** Binds the gradient of some rows to its arrays. */
  prepare(binding: RowsBinding): () => void;
}

/** What the gradient of some rows is given. */
export interface RowsBinding {
  /** The layer's name in its network, for messages. */
  readonly where: string;
  /** The kernel set that the gradient is bound to. */
  readonly kernels: Kernels;
  /** The images of each micro-batch, spare lanes included. */
  readonly images: number;
  /** The number of micro-batches that have left their part. */
  readonly microBatches: number;
  /** The rows from `from` to before `to`. */
  readonly from: number;
  /** The first row that is not among them. */
  readonly to: number;
  /** Whether the sum goes on from what `gradient` holds: from earlier micro-batches of the same batch. */
  readonly continued: boolean;
  /** What the micro-batches have left, one after another. */
  readonly left: Readonly<Record<string, FloatArray>>;
  /** The gradient of these rows, to be written. */
  readonly gradient: FloatArray;
}
