/**
 * Numbers that lie in another file beside the model, as PyTorch writes them since 2.9. A model names that file, so it could name any
 * file at all: only names within the model's folder are taken, and each byte is read once.
 */
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { FormatError, shown } from '../format-error';
import { staysInFolder } from '../paths';
import type { ProtobufMessage } from '../protobuf/protobuf-reader';
import { entryFields, tensorFields } from './schema';

/** What {@link decodeOnnx} is told besides the bytes. */
export interface OnnxSource extends BudgetOptions {
  /**
   * The bytes of a file by its path from the model's folder, such as `model.onnx.data`; the path has no `..` and is not absolute.
   * Links that lead out of the folder are for the function to refuse. Default: files that refer to others are refused.
   */
  readonly external?: (location: string) => Uint8Array;
}

/** The field `data_location` of a tensor whose numbers are in another file. */
const EXTERNAL = 1;

/** The other files of a model, each read once. */
export class ExternalFiles {
  readonly #source: OnnxSource;
  readonly #files = new Map<string, Uint8Array>();
  readonly #taken = new Map<string, number>();

  constructor(source: OnnxSource) {
    this.#source = source;
  }

  /** The bytes of a tensor; undefined if they are in the model's own file. */
  bytesOf(tensor: ProtobufMessage, where: string): Uint8Array | undefined {
    if (tensor.integer(tensorFields.location) !== EXTERNAL && !tensor.has(tensorFields.externalData)) return undefined;
    const entries = tensor.messages(tensorFields.externalData);
    const entry = (key: string): string | undefined =>
      entries.find((candidate) => candidate.text(entryFields.key) === key)?.text(entryFields.value);
    const location = entry('location');
    if (location === undefined || !staysInFolder(location)) {
      throw new FormatError(
        `${where}: expected its numbers in this file or in one of its folder, got a reference to ${shown(location)}; export it again`,
      );
    }
    const file = this.#file(location, where);
    const offset = countOf(entry('offset') ?? '0', 'offset', where);
    const length = countOf(entry('length') ?? String(Math.max(0, file.length - offset)), 'length', where);
    if (offset + length > file.length) {
      throw new FormatError(
        `${where}: expected ${length} bytes from byte ${offset} of ${shown(location)}, got ${file.length} in all; fetch both files again`,
      );
    }
    const taken = (this.#taken.get(location) ?? 0) + length;
    if (taken > file.length) {
      throw new FormatError(
        `${where}: expected every byte of ${shown(location)} in one tensor, got some in several; export it again`,
      );
    }
    this.#taken.set(location, taken);
    return file.subarray(offset, offset + length);
  }

  #file(location: string, where: string): Uint8Array {
    const read = this.#files.get(location);
    if (read !== undefined) return read;
    const { external, budget } = this.#source;
    if (external === undefined) {
      throw new FormatError(
        `${where}: expected its numbers in the file itself, got a reference to ${shown(location)}; give the option external, or export with external_data=False`,
      );
    }
    const bytes = external(location);
    const total = [...this.#files.values()].reduce((sum, { length }) => sum + length, bytes.length);
    checkBudget({ bytes: total }, budget, {
      where,
      of: 'bytes in other files',
      error: (message) => new FormatError(message),
    });
    this.#files.set(location, bytes);
    return bytes;
  }
}

function countOf(text: string, what: string, where: string): number {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new FormatError(`${where}: expected a whole number as the ${what}, got ${shown(text)}; export it again`);
}
