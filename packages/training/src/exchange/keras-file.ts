/** Models as Keras saves them: `.keras` files, and whole models in HDF5. */
import { decodeKeras } from '@longhand/formats';
import type { BudgetOptions } from '@longhand/schema';
import { type ForeignModel, foreignModelOfOnnx } from './onnx-file';

/**
 * The network of a Keras model.
 *
 * @param bytes those of a `.keras` file, or of a `.h5` file that has the whole model
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no Keras model or have unknown layers, ModelError when they describe no network that
 *   Longhand can build
 * @example decodeKerasModel(new Uint8Array(8), 'digits.keras'); // throws: digits.keras: …
 */
export function decodeKerasModel(bytes: Uint8Array, where: string, options: BudgetOptions = {}): ForeignModel {
  return foreignModelOfOnnx(decodeKeras(bytes, where, options), where, options);
}
