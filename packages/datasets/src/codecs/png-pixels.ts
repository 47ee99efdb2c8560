/** From the samples that a PNG stores to bytes of grey or colour, and of opacity. */
import type { RasterImage } from '../image';
import { damaged } from './picture-fault';
import type { PngChunks, PngHeader } from './png-chunks';

/** Samples of a pixel in the file, by colour type: a palette's colour is one sample. */
const samplesByColourType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** How many samples a pixel has in the file. */
export function samplesOf({ colourType }: PngHeader): number {
  return samplesByColourType[colourType];
}

/** Which channels the decoded picture has. */
export function channelsOf({ header: { colourType }, transparency }: PngChunks): RasterImage['channels'] {
  const colours = colourType === 0 || colourType === 4 ? 1 : 3;
  return (colourType >= 4 || transparency !== undefined ? colours + 1 : colours) as RasterImage['channels'];
}

/** Writes the pixel that begins with a row's sample number `sample` to `pixels`, from `to` on. */
export type PixelWriter = (row: Uint8Array, sample: number, pixels: Uint8Array, to: number) => void;

/** What writes the pixels of a file. */
export function pixelWriter(chunks: PngChunks, name: string): PixelWriter {
  return chunks.header.colourType === 3 ? paletteWriter(chunks, name) : sampleWriter(chunks);
}

/** Samples are brought to 0 to 255. One colour may be named as transparent. */
function sampleWriter(chunks: PngChunks): PixelWriter {
  const { header, transparency } = chunks;
  const { depth } = header;
  const samples = samplesOf(header);
  const hasClearColour = channelsOf(chunks) > samples;
  const scale = 255 / ((1 << depth) - 1);
  const clear = Array.from({ length: samples }, (_, k) => sampleAt(transparency ?? new Uint8Array(), k, 16));
  return (row, sample, pixels, to) => {
    let isClear = true;
    for (let k = 0; k < samples; k++) {
      const value = sampleAt(row, sample + k, depth);
      pixels[to + k] = Math.round(value * scale);
      isClear &&= value === clear[k];
    }
    if (hasClearColour) pixels[to + samples] = isClear ? 0 : 255;
  };
}

/** Colours are looked up; those at the start of the palette may have an opacity. */
function paletteWriter({ header, palette = new Uint8Array(), transparency }: PngChunks, name: string): PixelWriter {
  const colours = palette.length / 3;
  return (row, sample, pixels, to) => {
    const colour = sampleAt(row, sample, header.depth);
    if (colour >= colours) throw damaged(name, `colours below ${colours}`, String(colour));
    for (let k = 0; k < 3; k++) pixels[to + k] = palette[3 * colour + k];
    if (transparency !== undefined) pixels[to + 3] = transparency[colour] ?? 255;
  };
}

/** Sample number `index` of a row, as it is stored. */
function sampleAt(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index];
  if (depth === 16) return row[2 * index] * 256 + row[2 * index + 1];
  const bit = index * depth;
  return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}
