/**
 * MNIST, which came with the install. A command that is sure to need it begins to read it before its own code is loaded: the two take
 * about as long, and other threads read.
 */
import type { ImageDataset } from '@longhand/datasets';

/** Both parts of MNIST. */
export interface Digits {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

let begun: Promise<Digits> | undefined;

/** Begins to read. What goes wrong is said to whoever asks for the digits. */
export function beginToReadDigits(): void {
  begun = read();
  begun.catch(() => {});
}

/** @throws DatasetError when the package is missing or damaged */
export function digitsOfInstall(): Promise<Digits> {
  return begun ?? read();
}

async function read(): Promise<Digits> {
  const { loadMnistAsync } = await import('@longhand/mnist/node');
  const [train, test] = await Promise.all([loadMnistAsync({ split: 'train' }), loadMnistAsync({ split: 'test' })]);
  return { train, test };
}
