/**
 * HDF5 as Keras writes it by h5py: groups within groups, floats that lie one behind another, texts as attributes. Chunks, compression and
 * dense groups, which Keras never makes, are refused by name.
 *
 * The reader is our own, since none of the known ones takes a budget, as every reader here does: jsfive 0.4 has no limits, and h5wasm 0.10 is
 * the C library compiled, 4 MB.
 *
 * Source: HDF5 File Format Specification Version 3.0, https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
import type { BudgetOptions } from '@longhand/schema';
import type { Tensor } from '@longhand/tensor';
import { FormatError, shown } from '../format-error';
import { attributeText, floatsAt } from './data';
import { membersOf } from './groups';
import { Hdf5Bytes } from './hdf5-bytes';

const signature: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** The most groups within one another. */
const MAX_DEPTH = 32;

/**
 * Whether bytes begin as an HDF5 file.
 *
 * @example isHdf5(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)); // true
 */
export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, at) => bytes[at] === byte);
}

export class Hdf5File {
  readonly #file: Hdf5Bytes;
  readonly #root: number;
  readonly #members = new Map<number, ReadonlyMap<string, number>>();
  /** One number for each byte: several names of the same numbers cannot fill the memory. */
  #left: number;

  /** @throws FormatError unless the file begins as HDF5 */
  constructor(bytes: Uint8Array, where: string, options: BudgetOptions = {}) {
    this.#file = new Hdf5Bytes(bytes, where, options);
    this.#left = bytes.length;
    if (!isHdf5(bytes)) this.#file.refuse('other bytes');
    this.#root = rootOf(this.#file);
  }

  /** Whether there is an object of that path. */
  has(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  /** The numbers of a data set; undefined where there is none, or none of floats. */
  floats(path: string): Tensor | undefined {
    const address = this.#find(path);
    return address === undefined ? undefined : this.#floatsAt(address, path);
  }

  /** The text of an attribute; undefined where there is none. */
  attribute(path: string, name: string): string | undefined {
    const address = this.#find(path);
    return address === undefined ? undefined : attributeText(this.#file, address, name);
  }

  /** All data sets of floats within a group, by their paths from there. */
  *floatsWithin(path: string): Generator<readonly [string, Tensor]> {
    const address = this.#find(path);
    if (address !== undefined) yield* this.#within(address, '', 0);
  }

  *#within(address: number, prefix: string, depth: number): Generator<readonly [string, Tensor]> {
    if (depth > MAX_DEPTH) this.#file.refuse(`more than ${MAX_DEPTH} groups within one another`);
    for (const [name, member] of this.#membersOf(address)) {
      const path = `${prefix}${name}`;
      const values = this.#floatsAt(member, path);
      if (values !== undefined) yield [path, values];
      else yield* this.#within(member, `${path}/`, depth + 1);
    }
  }

  #floatsAt(address: number, path: string): Tensor | undefined {
    const data = floatsAt(this.#file, address);
    if (data === undefined || data.shape.includes(0)) return undefined;
    this.#left -= data.shape.reduce((product, extent) => product * extent, 1);
    if (this.#left < 0) {
      throw new FormatError(
        `${this.#file.where}: ${shown(path)}: expected at most a number for each byte of the file, got more`,
      );
    }
    return data.read();
  }

  #find(path: string): number | undefined {
    let address: number | undefined = this.#root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (address === undefined) return undefined;
      address = this.#membersOf(address).get(name);
    }
    return address;
  }

  #membersOf(address: number): ReadonlyMap<string, number> {
    this.#file.step();
    const known = this.#members.get(address) ?? membersOf(this.#file, address);
    this.#members.set(address, known);
    return known;
  }
}

/** The address of the outermost group. */
function rootOf(file: Hdf5Bytes): number {
  const version = file.uint8(8);
  const isNew = version === 2 || version === 3;
  if (version > 3) file.refuse(`a file of version ${version}`);
  const [offsets, lengths] = isNew ? [file.uint8(9), file.uint8(10)] : [file.uint8(13), file.uint8(14)];
  if (offsets !== 8 || lengths !== 8) file.unknown('addresses of 64 bits', `${8 * offsets} bits`);
  if (isNew) return file.uint64(36);
  // Behind four addresses, the entry of the group: the offset of its name, then its address.
  return file.uint64((version === 0 ? 24 : 28) + 32 + 8);
}
