/** Pixels as a PNG file: the simplest that every program reads. */
import { crc32, deflateSync } from 'node:zlib';
import { checkRasterImage, type RasterImage } from '../image';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** PNG's numbers for grey, grey and opacity, colour, colour and opacity. */
const colourTypes = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/**
 * The bytes of a PNG file with 8 bits a channel.
 *
 * @throws DatasetError unless the parts make a picture
 * @example writeFileSync('digit.png', encodePng({ width: 28, height: 28, channels: 1, pixels: image }))
 */
export function encodePng(picture: RasterImage): Uint8Array {
  checkRasterImage(picture, 'encodePng');
  const { width, height, channels, pixels } = picture;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, colourTypes[channels]);
  // Each row begins with the number of its filter: 0, none.
  const row = width * channels;
  const rows = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const parts = [
    Uint8Array.from(signature),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ];
  return Uint8Array.from(Buffer.concat(parts));
}

/** Length, type, content, and the checksum of the latter two. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let k = 0; k < 4; k++) bytes[4 + k] = type.charCodeAt(k);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
