/** Pieces of strokes between two seams. */
import { connectedComponents } from './components';
import { inkBoxOf } from './digit-image';
import type { Box, GrayImage } from './gray-image';
import type { Seam } from './seams';

/** Strokes, and the box around them. */
export interface Piece {
  /** 0 outside of the strokes. */
  readonly strokes: GrayImage;
  readonly box: Box;
  /** Whether it is doubtful that these strokes are one digit. Default: false. */
  readonly isDoubtful?: boolean;
}

/** A side of a piece. */
export interface Cut {
  readonly seam: Seam;
  /** How many pixels beyond the seam belong to the piece as well: a stroke that two digits share. */
  readonly beyond: number;
}

/** The levels of ink that belongs together. */
const INK = { low: 60, high: 128 } as const;
/** What is smaller than this part of the piece's largest component is a scrap of its neighbor. */
const LEAST_PART = 0.12;

interface PieceOptions {
  /** The box that the seams go through. */
  readonly box: Box;
  /** The seams' pixels for one of the image. */
  readonly scale: number;
  /** Default: the box's own side. */
  readonly left: Cut | undefined;
  readonly right: Cut | undefined;
}

/** The strokes between two cuts, if there are any. */
export function pieceBetween(strokes: GrayImage, { box, scale, left, right }: PieceOptions): Piece | undefined {
  const { width, pixels } = strokes;
  const part = new Uint8Array(pixels.length);
  const edge = (cut: Cut, sign: 1 | -1, y: number): number => {
    const { columns } = cut.seam;
    const row = Math.min(columns.length - 1, Math.floor((y - box.top + 0.5) * scale));
    return box.left + Math.round((columns[row] + sign * cut.beyond) / scale);
  };
  for (let y = box.top; y < box.bottom; y++) {
    const from = left === undefined ? box.left : Math.max(box.left, edge(left, -1, y));
    const to = right === undefined ? box.right : Math.min(box.right, edge(right, 1, y));
    if (from < to) part.set(pixels.subarray(y * width + from, y * width + to), y * width + from);
  }
  return withoutScraps({ ...strokes, pixels: part });
}

function withoutScraps(image: GrayImage): Piece | undefined {
  const { list, labels } = connectedComponents(image, INK);
  if (list.length === 0) return undefined;
  const largest = Math.max(...list.map(({ area }) => area));
  const pixels = image.pixels.map((value, k) =>
    labels[k] > 0 && list[labels[k] - 1].area >= LEAST_PART * largest ? value : 0,
  );
  const strokes = { ...image, pixels };
  const box = inkBoxOf(strokes);
  return box === undefined ? undefined : { strokes, box };
}
