/**
 * TFRecord, the framing of TensorFlow's files: for each record its length (uint64), the masked CRC-32C of these eight bytes, the
 * data, and their masked CRC-32C; all little-endian. After TensorFlow's `tensorflow/core/lib/io/record_writer.h`; the mask is that
 * of `tensorflow/core/lib/hash/crc32c.h`, and the checksum that of Castagnoli as in RFC 3720, B.4.
 */

/** The polynomial of Castagnoli, its bits in reverse. */
const polynomial = 0x82f63b78;

/** The checksum of every byte alone. */
const checksums = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
  return sum;
});

/**
 * The CRC-32C of bytes.
 *
 * @example crc32c(new TextEncoder().encode('123456789')) // 0xe3069283
 */
export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ checksums[(sum ^ byte) & 255];
  return ~sum >>> 0;
}

/** A checksum as it is stored: turned by 15 bits, plus a constant, so that checksums of data with checksums in them are good ones. */
function masked(sum: number): number {
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}

/** The record of some data, to be put behind others. */
export function tfRecord(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return record;
}
