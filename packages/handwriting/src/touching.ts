/**
 * Digits that touch or overlap, cut by trying: a group of strokes is cut along every pair of seams, each piece is classified, and the
 * pieces that look most like digits stay, or the group whole.
 *
 * Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998, section VI
 * (heuristic over-segmentation).
 */
import { log } from '@longhand/tensor';
import { resizeArea } from './filters';
import type { Box, GrayImage } from './gray-image';
import { centerByMass, fitDigit } from './layout';
import { type Cut, type Piece, pieceBetween } from './pieces';
import { type Seam, seamsOf } from './seams';
import { withUsualStrokesInRow } from './stroke-width';

/** The probabilities of the classes for each of several images of 28 · 28 bytes. */
export type Classify = (images: readonly Uint8Array[]) => readonly ArrayLike<number>[];

/** Cuts are looked for in an image of this height, in pixels. */
const SEARCH_HEIGHT = 80;
/** The distance of seams, and how far one may lie from its column, beside the height. */
const STEP = 1 / 14;
const REACH = 1 / 8;
/** A group that is narrower beside its height is one digit. */
const LEAST_ASPECT = 0.75;
/** Pieces are between these widths beside the group's height. */
const NARROWEST = 0.1;
const WIDEST = 1.6;
/** A stroke is shared where there is this much ink beside the seam, along this part of it. */
const SHARED_INK = 0.6;
const SHARED_ROWS = 0.2;

/**
 * What a piece loses beside the logarithm of its probability, in nats: for each unit of the logarithm of its width beside its height over
 * `wide` or under `narrow`, for each unit of its height under `high` beside the group's, for each shared stroke, for being cut off, and for
 * each stroke that the cut crosses beyond the first.
 *
 * They maximize the number of correct paths through 600 pairs and triples that were pasted together of MNIST's training digits.
 */
const loss = {
  wide: 1.6,
  narrow: 0.4,
  low: 5,
  shared: 0.36,
  cut: 0.15,
  crossing: 0.22,
} as const;
const usual = { wide: 0.8, narrow: 0.25, high: 0.75 } as const;
/**
 * The logit of a cut: the weights of what speaks for it. A logistic regression on 800 pairs and triples and 1,600 single digits, pasted
 * from MNIST's training digits or redrawn by pens, shifted to one false cut in a hundred single digits.
 */
const cutWeights = { bias: 3.7, aspect: 6.2, leastPiece: 0.23, more: 0.84, total: 3.7 } as const;
/** A group whose logit is nearer to 0 is doubtful, cut or not. */
const DOUBT = 1.2;

/** A piece that was tried. */
interface Trial {
  /** The indices of its ends among the group's ends and seams. */
  readonly from: number;
  readonly to: number;
  readonly left: Cut | undefined;
  readonly right: Cut | undefined;
  /** Its height beside the group's, and its width beside its height. */
  readonly height: number;
  readonly aspect: number;
  readonly image: Uint8Array;
}

/** Pieces from the left end to some seam. */
interface Path {
  readonly total: number;
  readonly trials: readonly { readonly trial: Trial; readonly probability: number }[];
}

/**
 * A group of strokes cut into its digits, from left to right; the group itself if it is one.
 *
 * @example cutTouching(thirtyThree, classify).length // 2
 */
export function cutTouching(group: Piece, classify: Classify): Piece[] {
  const { strokes, box } = group;
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  if (width < LEAST_ASPECT * height) return [group];
  const scale = Math.min(1, SEARCH_HEIGHT / height);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const small = resizeArea(strokes, { ...size, box });
  const step = Math.max(2, size.height * STEP);
  const seams = seamsOf(small, { step, reach: Math.round(size.height * REACH) });
  const trials = trialsOf(withUsualStrokesInRow(small), seams);
  const probabilities = classify(trials.map(({ image }) => image)).map((each) => Math.max(...Array.from(each)));
  const whole = trials.findIndex(({ from, to }) => from === 0 && to === seams.length + 1);
  const path = bestPath(trials, probabilities, seams);
  if (whole === -1 || path === undefined) return [group];
  const logit = logitOfCut(path, probabilities[whole], width / height);
  const isDoubtful = Math.abs(logit) < DOUBT;
  if (logit <= 0) return [{ ...group, isDoubtful }];
  const pieces = path.trials.flatMap(({ trial: { left, right } }) => {
    const piece = pieceBetween(strokes, { box, scale, left, right });
    return piece === undefined ? [] : [{ ...piece, isDoubtful }];
  });
  // A piece may hide two digits again, that together looked like one beside the others.
  return pieces.flatMap((piece) => {
    const parts = isNarrower(piece.box, box) ? cutTouching(piece, classify) : [piece];
    return parts.map((part) => ({ ...part, isDoubtful: isDoubtful || part.isDoubtful === true }));
  });
}

/** Whether a piece's box is narrower than what it was cut from, so that cutting comes to an end. */
function isNarrower(piece: Box, box: Box): boolean {
  return piece.right - piece.left < box.right - box.left;
}

/** All pieces between two seams or ends that are neither too narrow nor too wide, with and without the strokes that they share. */
function trialsOf(small: GrayImage, seams: readonly Seam[]): Trial[] {
  const { width, height } = small;
  const box = { left: 0, top: 0, right: width, bottom: height };
  const stroke = strokeWidthIn(small);
  const ends = [undefined, ...seams, undefined];
  const lefts = ends.map((seam) => cutsAt(small, seam, stroke, -1));
  const rights = ends.map((seam) => cutsAt(small, seam, stroke, 1));
  const trials: Trial[] = [];
  for (let from = 0; from < ends.length - 1; from++) {
    for (let to = from + 1; to < ends.length; to++) {
      const wide = ((ends[to]?.middle ?? width) - (ends[from]?.middle ?? 0)) / height;
      const isWhole = from === 0 && to === ends.length - 1;
      if (!isWhole && (wide < NARROWEST || wide > WIDEST)) continue;
      for (const left of lefts[from]) {
        for (const right of rights[to]) {
          const piece = pieceBetween(small, { box, scale: 1, left, right });
          if (piece === undefined) continue;
          const [pieceWidth, pieceHeight] = [piece.box.right - piece.box.left, piece.box.bottom - piece.box.top];
          const image = centerByMass(fitDigit(piece.strokes, piece.box)).pixels;
          trials.push({ from, to, left, right, height: pieceHeight / height, aspect: pieceWidth / pieceHeight, image });
        }
      }
    }
  }
  return trials;
}

/** The cuts at a seam that a piece at its left (1) or right (−1) may have. */
function cutsAt(
  { width, pixels }: GrayImage,
  seam: Seam | undefined,
  stroke: number,
  side: 1 | -1,
): readonly (Cut | undefined)[] {
  if (seam === undefined) return [undefined];
  let rows = 0;
  for (const [row, column] of seam.columns.entries()) {
    let ink = 0;
    for (let k = 0; k < stroke; k++) {
      const x = side === 1 ? column + k : column - 1 - k;
      if (x >= 0 && x < width && pixels[row * width + x] >= 128) ink++;
    }
    if (ink >= SHARED_INK * stroke) rows++;
  }
  const plain = { seam, beyond: 0 };
  return rows < SHARED_ROWS * seam.columns.length ? [plain] : [plain, { seam, beyond: stroke }];
}

/** The width of strokes in pixels, a little more than the median of the ink's runs along rows. */
function strokeWidthIn({ pixels, width, height }: GrayImage): number {
  const runs: number[] = [];
  for (let row = 0; row < height; row++) {
    let run = 0;
    for (let column = 0; column < width; column++) {
      if (pixels[row * width + column] >= 128) run++;
      if (run > 0 && (column === width - 1 || pixels[row * width + column] < 128)) {
        runs.push(run);
        run = 0;
      }
    }
  }
  return Math.max(1, Math.round((runs.sort((a, b) => a - b)[runs.length >> 1] ?? 1) * 1.2));
}

/** The pieces that look most like digits, from end to end: the path of the least loss, by a dynamic program over the seams. */
function bestPath(
  trials: readonly Trial[],
  probabilities: readonly number[],
  seams: readonly Seam[],
): Path | undefined {
  const last = seams.length + 1;
  const paths: (Path | undefined)[] = [{ total: 0, trials: [] }];
  const byEnd = trials.map((trial, k) => ({ trial, probability: probabilities[k] }));
  for (const each of byEnd.sort((a, b) => a.trial.to - b.trial.to)) {
    const { from, to } = each.trial;
    const before = paths[from];
    if (before === undefined || (from === 0 && to === last)) continue;
    const crossings = to === last ? 0 : seams[to - 1].crossings;
    const cut = to === last ? 0 : loss.cut + loss.crossing * Math.max(0, crossings - 1);
    const total = before.total + scoreOf(each.trial, each.probability) - cut;
    const best = paths[to];
    if (best === undefined || total > best.total) paths[to] = { total, trials: [...before.trials, each] };
  }
  return paths[last];
}

function scoreOf({ aspect, height, left, right }: Trial, probability: number): number {
  const shared = Number((left?.beyond ?? 0) > 0) + Number((right?.beyond ?? 0) > 0);
  return (
    log(Math.max(probability, 1e-4)) -
    loss.wide * Math.max(0, log(aspect / usual.wide)) -
    loss.narrow * Math.max(0, log(usual.narrow / aspect)) -
    loss.low * Math.max(0, usual.high - height) -
    loss.shared * shared
  );
}

/** The logit of the probability that a group is the digits of this path. */
function logitOfCut({ total, trials }: Path, whole: number, aspect: number): number {
  const oddsOf = (probability: number): number => log(probability / (1.003 - probability));
  const leastPiece = Math.min(...trials.map(({ probability }) => oddsOf(probability)));
  return (
    cutWeights.bias +
    log((1.003 - whole) / whole) +
    cutWeights.aspect * log(aspect) +
    cutWeights.leastPiece * leastPiece +
    cutWeights.more * (trials.length - 2) +
    cutWeights.total * total
  );
}
