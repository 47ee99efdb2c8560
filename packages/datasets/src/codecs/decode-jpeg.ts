/**
 * JPEG files as pixels, baseline and progressive.
 *
 * No library replaces these files, because none for Node without a native binary decodes a photograph in bounded memory: jpeg-js
 * takes 28 bytes a pixel and up to 64, the WebAssembly builds of libjpeg four for the pixels alone, twice, and none reduces a picture
 * while it decodes, as libjpeg itself can.
 *
 *   markers, size, orientation → tables, scans → blocks → samples of each component → red, green, blue → upright
 *   jpeg-header.ts               here            jpeg-bits.ts, jpeg-scan.ts   jpeg-transform.ts   jpeg-colors.ts
 *
 * Source: ITU-T recommendation T.81, https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
import { damagedFile } from '../dataset-error';
import type { RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import { BitReader, type HuffmanTable, huffmanTable } from './jpeg-bits';
import { type ComponentPlane, colorsOfPlanes } from './jpeg-colors';
import {
  endOfScan,
  type FrameComponent,
  type JpegHeader,
  readJpegHeader,
  SCAN,
  type Segment,
  samplingOf,
  segmentsOf,
} from './jpeg-header';
import { type Component, forBlocks, ProgressiveScan, type Scan, sequentialBlock, slotsOf } from './jpeg-scan';
import { type BlockSize, InverseTransform, type Plane } from './jpeg-transform';
import { upright } from './orientation';
import { type DecodingLimits, type Reduction, reduced, reducedSize, reductionOf } from './reduction';

/** Codes of markers. */
const HUFFMAN_TABLES = 0xc4;
const QUANTIZATION_TABLES = 0xdb;
const RESTART_INTERVAL = 0xdd;

/**
 * The image of a JPEG file, upright. A picture of more pixels than are kept is reduced while it is decoded.
 *
 * @throws DatasetError when the file is damaged, of a kind that is never written, or larger than allowed
 */
export function decodeJpeg(bytes: Uint8Array, { mostPixels, reduceAbove, name }: DecodingLimits): RasterImage {
  const header = readJpegHeader(bytes, mostPixels, name);
  const decoder = new JpegDecoder(header, reductionOf(header.width, header.height, reduceAbove), name);
  checkDecodingMemory({ name, ...header, bytes: bytes.length + decoder.memory });
  for (const segment of segmentsOf(bytes, name)) decoder.take(segment, bytes);
  return decoder.picture();
}

/** A component with where its samples go. */
interface Part {
  readonly component: Component;
  readonly plane: Plane;
  /** Samples of a block, across and down. */
  readonly size: BlockSize;
  readonly transform: InverseTransform;
  readonly quantization: number;
  /** The steps of the table that was in force at its first scan. */
  steps: Uint16Array | undefined;
}

/** The steps of the coefficients that are kept of a component, from a table in zigzag order. */
function stepsOf(table: Uint16Array | undefined, { slots, length }: Component): Uint16Array | undefined {
  if (table === undefined) return undefined;
  const steps = new Uint16Array(length);
  for (const [k, slot] of slots.entries()) if (slot >= 0) steps[slot] = table[k];
  return steps;
}

class JpegDecoder {
  private readonly units: { readonly across: number; readonly down: number };
  private readonly tables = { dc: new Map<number, HuffmanTable>(), ac: new Map<number, HuffmanTable>() };
  private readonly quantization = new Map<number, Uint16Array>();
  private restartInterval = 0;
  private parts: readonly Part[] | undefined;

  constructor(
    private readonly header: JpegHeader,
    private readonly reduction: Reduction,
    private readonly name: string,
  ) {
    const { width, height, components } = header;
    const [across, down] = samplingOf(components);
    this.units = { across: Math.ceil(width / (8 * across)), down: Math.ceil(height / (8 * down)) };
  }

  /** Bytes for coefficients, samples, and the pixels before and after they are turned. */
  get memory(): number {
    const { components, progressive } = this.header;
    const { width, height } = reducedSize(this.header, this.reduction);
    const ofUnit = components.reduce((sum, component) => {
      const size = this.sizeOf(component);
      const samples = size * size;
      return sum + component.across * component.down * (samples + (progressive ? 2 * samples + 8 : 0));
    }, 0);
    return this.units.across * this.units.down * ofUnit + 6 * width * height;
  }

  /** The samples of a component's blocks, across and down. Where it has fewer of them, such as chroma, it is reduced less. */
  private sizeOf({ across, down }: FrameComponent): BlockSize {
    const [mostAcross, mostDown] = samplingOf(this.header.components);
    let size = 8 / this.reduction;
    for (let less = 2; size < 8 && less * across <= mostAcross && less * down <= mostDown; less *= 2) size *= 2;
    return size as BlockSize;
  }

  /** Takes the next segment, with the data of a scan after it. */
  take({ marker, content, end }: Segment, bytes: Uint8Array): void {
    if (marker === HUFFMAN_TABLES) this.takeHuffmanTables(content);
    else if (marker === QUANTIZATION_TABLES) this.takeQuantizationTables(content);
    else if (marker === RESTART_INTERVAL) this.restartInterval = (content[0] << 8) | content[1];
    else if (marker === SCAN) this.takeScan(content, bytes.subarray(end, endOfScan(bytes, end)));
  }

  private takeHuffmanTables(content: Uint8Array): void {
    for (let at = 0; at < content.length; ) {
      const counts = content.subarray(at + 1, at + 17);
      const end = at + 17 + counts.reduce((sum, count) => sum + count, 0);
      if (end > content.length) throw damagedFile(this.name, 'whole tables of codes', `${content.length} bytes`);
      const of = content[at] >> 4 === 0 ? this.tables.dc : this.tables.ac;
      of.set(content[at] & 15, huffmanTable(counts, content.subarray(at + 17, end), this.name));
      at = end;
    }
  }

  private takeQuantizationTables(content: Uint8Array): void {
    for (let at = 0; at < content.length; ) {
      const bytesEach = content[at] >> 4 === 0 ? 1 : 2;
      const table = content.subarray(at + 1, at + 1 + 64 * bytesEach);
      if (table.length < 64 * bytesEach) throw damagedFile(this.name, 'a table of 64 steps', `${table.length} bytes`);
      const stepAt = (k: number): number => (bytesEach === 1 ? table[k] : table[2 * k] * 256 + table[2 * k + 1]);
      this.quantization.set(
        content[at] & 15,
        Uint16Array.from({ length: 64 }, (_, k) => stepAt(k)),
      );
      at += 1 + 64 * bytesEach;
    }
  }

  private takeScan(content: Uint8Array, data: Uint8Array): void {
    const { header, name } = this;
    // Allocated at the first scan.
    this.parts ??= this.allocated();
    const scan = this.scanOf(content, this.parts);
    const partOf = new Map(this.parts.map((part) => [part.component, part]));
    for (const { component } of scan.components) {
      const part = partOf.get(component) as Part;
      part.steps ??= stepsOf(this.quantization.get(part.quantization), component);
      component.mean = 0;
    }
    // Of means alone, nothing else is needed.
    if (scan.first > 0 && scan.components[0].component.length === 1) return;
    const bits = new BitReader(data, name);
    if (header.progressive) {
      const progressive = new ProgressiveScan(scan, bits, name);
      forBlocks(
        scan,
        bits,
        this.units,
        (member, column, row) => progressive.block(member, row * member.component.stride + column),
        () => progressive.restarted(),
      );
      return;
    }
    const blocks = new Map(scan.components.map(({ component }) => [component, new Int16Array(component.length)]));
    forBlocks(
      scan,
      bits,
      this.units,
      (member, column, row) => {
        const block = blocks.get(member.component) as Int16Array;
        sequentialBlock(bits, member, { block, name });
        this.write(partOf.get(member.component) as Part, block, 0, row, column);
      },
      () => undefined,
    );
  }

  private write(part: Part, coefficients: Int16Array, from: number, row: number, column: number): void {
    const { plane, size, transform, steps } = part;
    if (steps === undefined) throw damagedFile(this.name, 'a table of steps for each component', 'none');
    transform.write(coefficients, from, steps, plane, (row * plane.stride + column) * size);
  }

  private scanOf(content: Uint8Array, parts: readonly Part[]): Scan {
    const { progressive } = this.header;
    const count = content[0];
    if (!(count >= 1 && count <= parts.length && content.length === 4 + 2 * count)) {
      throw damagedFile(this.name, `a scan of 1 to ${parts.length} components`, `${count} in ${content.length} bytes`);
    }
    const components = Array.from({ length: count }, (_, k) => {
      const [id, tables] = content.subarray(1 + 2 * k);
      const component = parts.find((part) => part.component.id === id)?.component;
      if (component === undefined) throw damagedFile(this.name, 'a scan of components of the picture', `number ${id}`);
      return { component, dc: this.tables.dc.get(tables >> 4), ac: this.tables.ac.get(tables & 15) };
    });
    const [first, last, bit] = content.subarray(1 + 2 * count);
    const { restartInterval } = this;
    if (!progressive) return { components, first: 0, last: 63, high: 0, low: 0, restartInterval };
    // Means come for several components at once, and apart from the other coefficients.
    const isBand = first === 0 ? last === 0 : first <= last && last <= 63 && count === 1;
    if (!isBand || (bit & 15) > 13)
      throw damagedFile(this.name, 'a band of coefficients', `${first} to ${last}, bit ${bit & 15}`);
    return { components, first, last, high: bit >> 4, low: bit & 15, restartInterval };
  }

  private allocated(): readonly Part[] {
    const { width, height, components, progressive } = this.header;
    const [mostAcross, mostDown] = samplingOf(components);
    return components.map((component) => {
      const { id, across, down, quantization } = component;
      const size = this.sizeOf(component);
      const length = size * size;
      const [stride, rows] = [this.units.across * across, this.units.down * down];
      const kept = progressive ? stride * rows : 0;
      return {
        component: {
          id,
          across,
          down,
          stride,
          mean: 0,
          columns: Math.ceil(Math.ceil((width * across) / mostAcross) / 8),
          rows: Math.ceil(Math.ceil((height * down) / mostDown) / 8),
          slots: slotsOf(size),
          length,
          kept: new Int16Array(kept * length),
          nonzero: new Uint8Array(8 * kept),
        },
        plane: {
          samples: new Uint8ClampedArray(stride * rows * length),
          stride: stride * size,
        },
        size,
        transform: new InverseTransform(size),
        quantization,
        steps: undefined,
      };
    });
  }

  /** The picture, after the last segment. */
  picture(): RasterImage {
    const { header, reduction, parts = [] } = this;
    if (parts.some(({ steps }) => steps === undefined)) throw damagedFile(this.name, 'all of its colors', 'some');
    if (header.progressive) for (const part of parts) this.transformAll(part);
    const { width, height } = reducedSize(header, reduction);
    const [mostAcross, mostDown] = samplingOf(header.components);
    const planes = parts.map(({ component: { across, down }, plane, size }): ComponentPlane => {
      const less = (size * reduction) / 8;
      return { ...plane, across: (less * across) / mostAcross, down: (less * down) / mostDown };
    });
    // Coefficients are given back before pixels are allocated.
    this.parts = undefined;
    const pixels = colorsOfPlanes(planes, { width, height, colors: header.colors });
    return reduced(upright({ width, height, channels: 3, pixels }, header.orientation), reduction);
  }

  private transformAll(part: Part): void {
    const { stride, columns, rows, kept, length } = part.component;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        this.write(part, kept, (row * stride + column) * length, row, column);
      }
    }
  }
}
