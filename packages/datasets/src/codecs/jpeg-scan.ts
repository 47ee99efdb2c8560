/**
 * The scans of a JPEG file: codes made into the coefficients of blocks of 8 × 8 samples.
 *
 * A sequential scan has whole blocks, which are given away one by one. A progressive scan has a band of coefficients, or one more
 * bit of them; all blocks are kept until the last scan. Of a picture that is reduced, only the coefficients that are needed are
 * kept: one bit says of each of the others whether it is zero, which the codes of later scans depend on.
 *
 * Source: ITU-T recommendation T.81, annexes F.2 and G.2
 */
import { damagedFile } from '../dataset-error';
import type { BitReader, HuffmanTable } from './jpeg-bits';

/** A component while it is decoded. */
export interface Component {
  readonly id: number;
  /** Its blocks in a minimum coded unit. */
  readonly across: number;
  readonly down: number;
  /** Blocks in a row that is stored, whole units. */
  readonly stride: number;
  /** Blocks that have any pixel: those of a scan with this component alone. */
  readonly columns: number;
  readonly rows: number;
  /** Where a coefficient in zigzag order is kept in a block; −1: it is not. */
  readonly slots: Int8Array;
  /** How many are kept of a block. */
  readonly length: number;
  /** The coefficients that are kept of each block, and a bit for each of the 64 that is not zero. Of a sequential picture: none. */
  readonly kept: Int16Array;
  readonly nonzero: Uint8Array;
  /** The mean of the block before, in quantization steps. */
  mean: number;
}

/** What a scan says before its data. */
export interface Scan {
  readonly components: readonly {
    readonly component: Component;
    readonly dc: HuffmanTable | undefined;
    readonly ac: HuffmanTable | undefined;
  }[];
  /** The band of coefficients, in zigzag order; 0 to 63 in a sequential scan. */
  readonly first: number;
  readonly last: number;
  /** The number of the bit that is refined, from `high`; 0: this is the first scan of the band. */
  readonly high: number;
  readonly low: number;
  /** Units between two restart markers; 0: there are none. */
  readonly restartInterval: number;
}

/** Where a coefficient in zigzag order is kept in a block of `size` × `size`; −1: it is not. */
export function slotsOf(size: number): Int8Array {
  const slots = new Int8Array(64).fill(-1);
  for (let k = 0, u = 0, v = 0; k < 64; k++) {
    if (u < size && v < size) slots[k] = v * size + u;
    // Even diagonals run up to the right, odd ones down to the left.
    if ((u + v) % 2 === 0) {
      if (u === 7) v++;
      else {
        u++;
        if (v > 0) v--;
      }
    } else if (v === 7) u++;
    else {
      v++;
      if (u > 0) u--;
    }
  }
  return slots;
}

/** Visits the blocks of a scan in the order in which they are stored. */
export function forBlocks(
  scan: Scan,
  bits: BitReader,
  units: { readonly across: number; readonly down: number },
  visit: (member: Scan['components'][number], column: number, row: number) => void,
  restarted: () => void,
): void {
  const [only, ...others] = scan.components;
  // A component alone is stored block by block, without those that fill up the units at the edges.
  const isAlone = others.length === 0;
  const [columns, rows] = isAlone ? [only.component.columns, only.component.rows] : [units.across, units.down];
  let left = scan.restartInterval;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (scan.restartInterval > 0 && left-- === 0) {
        bits.restart();
        for (const { component } of scan.components) component.mean = 0;
        restarted();
        left = scan.restartInterval - 1;
      }
      if (isAlone) visit(only, column, row);
      else {
        for (const member of scan.components) {
          const { across, down } = member.component;
          for (let y = 0; y < down; y++) {
            for (let x = 0; x < across; x++) visit(member, column * across + x, row * down + y);
          }
        }
      }
    }
    bits.checkEnd();
  }
}

/** Decodes a whole block of a sequential scan into `block`, at the slots of its coefficients. */
export function sequentialBlock(
  bits: BitReader,
  { component, dc, ac }: Scan['components'][number],
  { block, name }: { readonly block: Int16Array; readonly name: string },
): void {
  if (dc === undefined || ac === undefined) throw damagedFile(name, 'a table of codes for each component', 'none');
  const { slots } = component;
  block.fill(0);
  component.mean += bits.signed(bits.decode(dc) & 15);
  block[0] = component.mean;
  for (let k = 1; k < 64; k++) {
    const code = bits.decode(ac);
    const size = code & 15;
    const zeros = code >> 4;
    // Without a value, 15 stands for sixteen zeros, and anything else for the end of the block.
    if (size === 0 && zeros < 15) return;
    k += zeros;
    if (size === 0) continue;
    const value = bits.signed(size);
    if (k > 63) throw damagedFile(name, 'at most 64 coefficients in a block', 'more');
    if (slots[k] >= 0) block[slots[k]] = value;
  }
}

/** Decodes a progressive scan into the coefficients that are kept. */
export class ProgressiveScan {
  /** How many blocks to come have nothing in this band. */
  private emptyBlocks = 0;

  constructor(
    private readonly scan: Scan,
    private readonly bits: BitReader,
    private readonly name: string,
  ) {}

  restarted(): void {
    this.emptyBlocks = 0;
  }

  /** Decodes what the scan has of block number `block`. */
  block({ component, dc, ac }: Scan['components'][number], block: number): void {
    if (this.scan.first === 0) this.means(component, dc, block);
    else if (ac === undefined) throw damagedFile(this.name, 'a table of codes for each component', 'none');
    else if (this.scan.high === 0) this.band(component, ac, block);
    else this.refinedBand(component, ac, block);
  }

  private means(component: Component, dc: HuffmanTable | undefined, block: number): void {
    const { bits, scan } = this;
    const at = block * component.length;
    if (scan.high > 0) component.kept[at] |= bits.bits(1) << scan.low;
    else {
      if (dc === undefined) throw damagedFile(this.name, 'a table of codes for each component', 'none');
      component.mean += bits.signed(bits.decode(dc) & 15);
      component.kept[at] = component.mean << scan.low;
    }
  }

  private band(component: Component, ac: HuffmanTable, block: number): void {
    if (this.emptyBlocks > 0) {
      this.emptyBlocks--;
      return;
    }
    const { bits, scan } = this;
    for (let k = scan.first; k <= scan.last; k++) {
      const code = bits.decode(ac);
      const size = code & 15;
      const zeros = code >> 4;
      if (size === 0 && zeros < 15) {
        this.emptyBlocks = (1 << zeros) + bits.bits(zeros) - 1;
        return;
      }
      k += zeros;
      if (size === 0) continue;
      const value = bits.signed(size);
      if (k > scan.last) throw damagedFile(this.name, `coefficients up to ${scan.last}`, String(k));
      this.set(component, block, k, value << scan.low);
    }
  }

  private refinedBand(component: Component, ac: HuffmanTable, block: number): void {
    const { bits, scan } = this;
    let k = scan.first;
    for (; this.emptyBlocks === 0 && k <= scan.last; k++) {
      const code = bits.decode(ac);
      let zeros = code >> 4;
      let value = 0;
      if ((code & 15) !== 0) value = bits.bits(1) === 1 ? 1 : -1;
      else if (zeros < 15) {
        this.emptyBlocks = (1 << zeros) + bits.bits(zeros);
        break;
      }
      // The coefficients that are not zero yet take a bit each; the new one comes after so many that are.
      for (; k <= scan.last; k++) {
        if (this.isNonzero(component, block, k)) this.refine(component, block, k);
        else if (zeros-- === 0) break;
      }
      if (value !== 0 && k <= scan.last) this.set(component, block, k, value << scan.low);
    }
    if (this.emptyBlocks === 0) return;
    for (; k <= scan.last; k++) if (this.isNonzero(component, block, k)) this.refine(component, block, k);
    this.emptyBlocks--;
  }

  private set({ kept, nonzero, slots, length }: Component, block: number, k: number, value: number): void {
    nonzero[8 * block + (k >> 3)] |= 1 << (k & 7);
    if (slots[k] >= 0) kept[block * length + slots[k]] = value;
  }

  private isNonzero({ nonzero }: Component, block: number, k: number): boolean {
    return ((nonzero[8 * block + (k >> 3)] >> (k & 7)) & 1) === 1;
  }

  /** One more bit of a coefficient's absolute value. */
  private refine({ kept, slots, length }: Component, block: number, k: number): void {
    if (this.bits.bits(1) === 0 || slots[k] < 0) return;
    const at = block * length + slots[k];
    kept[at] += kept[at] < 0 ? -(1 << this.scan.low) : 1 << this.scan.low;
  }
}
