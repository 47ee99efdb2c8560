/** What is known of MNIST without its pixels. */
import type { Normalization } from '@longhand/datasets';

/** Mean and standard deviation of the training pixels as fractions of 255, rounded to four digits as is customary. */
export const mnistNormalization = { mean: 0.1307, std: 0.3081 } as const satisfies Normalization;

/** The names of the files as published and their checksums, decompressed. */
export const mnistFiles = {
  train: {
    images: {
      name: 'train-images-idx3-ubyte',
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      crc32: 0xe9f4d8b3,
    },
    labels: {
      name: 'train-labels-idx1-ubyte',
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      crc32: 0xe0cb4ad2,
    },
  },
  test: {
    images: {
      name: 't10k-images-idx3-ubyte',
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      crc32: 0x91373bdf,
    },
    labels: {
      name: 't10k-labels-idx1-ubyte',
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      crc32: 0x4ab9eff9,
    },
  },
} as const;

/** One of the four files. */
export interface MnistFile {
  /** The name of the file in MNIST and its relatives. */
  readonly name: string;
  /** The SHA-256 of its unpacked bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** Their CRC-32: a tenth of the time or less, and it finds whatever damage does to a file. */
  readonly crc32: number;
}
