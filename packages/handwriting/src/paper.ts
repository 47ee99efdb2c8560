/**
 * The paper to draw on: strokes by mouse, finger, pen or keyboard, kept as lines, so that they can be drawn sharp on any
 * screen, taken back, and handed over as the picture that a camera would take of them.
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Box } from './gray-image';

/** Side of the paper in its own units, which are the pixels of the picture that is read. */
export const SIDE = 280;
/** White around the paper in the picture that is read: at the border of a picture is looked what the ground is like. */
const MARGIN = 40;
/** As thick as MNIST's strokes are beside digits of the height that people draw. */
export const PEN = 20;
/** How far an arrow key moves the pen. */
const STEP = 7;
/** A digit other than a 1 is at least this wide beside its height; half of a broken 0 is not. */
const WIDE = 0.4;
/** How much wider or thinner than usual a pen draws that is pressed hard or hardly. */
const PRESSURE = { least: 0.55, most: 1.35 };

interface Point {
  readonly x: number;
  readonly y: number;
  /** The width of the line there, as a part of the usual one. Default: 1. */
  readonly width?: number;
}

type Stroke = Point[];

/** The callbacks for changes of the drawing. */
export interface PaperListener {
  /** While a stroke is drawn, as often as the screen shows a new picture. */
  readonly drawing: () => void;
  /** When a stroke has ended, or has been taken back. */
  readonly drawn: () => void;
}

/** A canvas that is drawn on. */
export interface Paper {
  /** Whether nothing has been drawn. */
  readonly isBlank: () => boolean;
  /** The drawing, black on white, with a margin. */
  readonly picture: () => ImageData;
  /** Takes all strokes back. */
  readonly clear: () => void;
  /** Takes the last stroke back. */
  readonly undo: () => void;
}

/**
 * Makes a canvas a paper.
 *
 * @example
 * const canvas = document.querySelector('canvas') as HTMLCanvasElement;
 * const paper = paperOn(canvas, { drawing() {}, drawn: () => console.log(paper.picture().width) });
 */
export function paperOn(canvas: HTMLCanvasElement, { drawing, drawn }: PaperListener): Paper {
  const strokes: Stroke[] = [];
  const context = contextOf(canvas);
  const copy = document.createElement('canvas');
  copy.width = copy.height = SIDE + 2 * MARGIN;
  const copied = contextOf(copy, { willReadFrequently: true });
  copied.fillStyle = '#fff';
  copied.fillRect(0, 0, copy.width, copy.height);
  // What a stroke does beyond the paper is not seen, and not read.
  copied.translate(MARGIN, MARGIN);
  copied.rect(0, 0, SIDE, SIDE);
  copied.clip();

  /** The stroke that a pointer or the keyboard is drawing, by whose it is. */
  let current: { readonly by: number | 'keys'; readonly stroke: Stroke } | undefined;
  /** Where the keyboard's pen is; shown only once it is used. */
  let pen: Point | undefined;
  let isScheduled = false;

  const show = (): void => {
    isScheduled = false;
    const pixels = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    const scale = pixels / SIDE;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    const ink = getComputedStyle(canvas).color;
    drawStrokes(context, strokes, ink);
    if (pen === undefined || document.activeElement !== canvas) return;
    context.beginPath();
    context.arc(pen.x, pen.y, PEN / 2 + 3, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = ink;
    context.setLineDash(current === undefined ? [4, 4] : []);
    context.stroke();
    context.setLineDash([]);
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      show();
      if (current !== undefined) drawing();
    });
  };
  const end = (): void => {
    current = undefined;
    schedule();
    drawn();
  };

  const pointOf = ({ clientX, clientY, pointerType, pressure }: PointerEvent): Point => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { x: ((clientX - left) / width) * SIDE, y: ((clientY - top) / height) * SIDE };
    // A mouse and most fingers report one half, whatever they do.
    if (pointerType !== 'pen' || pressure === 0) return at;
    return { ...at, width: PRESSURE.least + (PRESSURE.most - PRESSURE.least) * pressure };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (current !== undefined || event.button !== 0) return;
    pen = undefined;
    canvas.setPointerCapture(event.pointerId);
    current = { by: event.pointerId, stroke: [pointOf(event)] };
    strokes.push(current.stroke);
    schedule();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (current?.by !== event.pointerId) return;
    // A fast hand moves several times between two pictures; some browsers tell of none of them apart.
    const moves = event.getCoalescedEvents?.() ?? [];
    current.stroke.push(...(moves.length > 0 ? moves : [event]).map(pointOf));
    schedule();
  });
  for (const ending of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(ending, (event) => {
      if (current?.by === event.pointerId) end();
    });
  }

  const moves: Readonly<Record<string, Point>> = {
    ArrowLeft: { x: -STEP, y: 0 },
    ArrowRight: { x: STEP, y: 0 },
    ArrowUp: { x: 0, y: -STEP },
    ArrowDown: { x: 0, y: STEP },
  };
  canvas.addEventListener('keydown', (event) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || (key !== ' ' && !Object.hasOwn(moves, key))) return;
    event.preventDefault();
    const from = pen ?? { x: SIDE / 2, y: SIDE / 4 };
    if (key === ' ') {
      pen = from;
      if (event.repeat) return;
      if (current?.by === 'keys') return end();
      if (current !== undefined) return;
      current = { by: 'keys', stroke: [from] };
      strokes.push(current.stroke);
    } else {
      const within = (place: number): number => Math.min(Math.max(place, PEN / 2), SIDE - PEN / 2);
      pen = { x: within(from.x + moves[key].x), y: within(from.y + moves[key].y) };
      if (current?.by === 'keys') current.stroke.push(pen);
    }
    schedule();
  });
  canvas.addEventListener('focus', schedule);
  canvas.addEventListener('blur', () => {
    if (current?.by === 'keys') end();
    schedule();
  });

  new ResizeObserver(schedule).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', schedule);
  return {
    isBlank: () => strokes.length === 0,
    picture() {
      copied.fillStyle = '#fff';
      copied.fillRect(0, 0, SIDE, SIDE);
      drawStrokes(copied, strokes, '#000');
      return copied.getImageData(0, 0, copy.width, copy.height);
    },
    clear() {
      strokes.length = 0;
      pen = undefined;
      end();
    },
    undo() {
      strokes.pop();
      end();
    },
  };
}

/**
 * Whether several digits were drawn side by side: two that are wide, or that have a stroke's width of paper between them. The hat
 * of a 5 stands above its bow and is no digit of a row; the bar of a 4 that misses its angle is narrow and close.
 *
 * @param row the boxes of what was found, from left to right
 * @param pen how thick strokes are, in the same pixels
 * @example
 * const [one, other] = [0, 60].map((left) => ({ left, top: 0, right: left + 40, bottom: 50 }));
 * showsSeveral([one, other], 20); // true
 */
export function showsSeveral(row: readonly Box[], pen: number): boolean {
  return row.slice(1).some((right, at) => {
    const left = row[at] as Box;
    return right.left - left.right >= pen || (isWide(left) && isWide(right));
  });
}

function isWide({ left, top, right, bottom }: Box): boolean {
  return right - left >= WIDE * (bottom - top);
}

/** Through the middles between points, so that a hand's corners become curves. */
function drawStrokes(context: CanvasRenderingContext2D, strokes: readonly Stroke[], ink: string): void {
  context.lineCap = context.lineJoin = 'round';
  context.lineWidth = PEN;
  context.strokeStyle = context.fillStyle = ink;
  for (const stroke of strokes) {
    const [first] = stroke;
    const last = stroke[stroke.length - 1];
    context.beginPath();
    // A canvas draws no line without length, with no caps either; a pen leaves a dot.
    if (stroke.every(({ x, y }) => x === first.x && y === first.y)) {
      context.arc(first.x, first.y, ((first.width ?? 1) * PEN) / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    if (stroke.some(({ width }) => width !== undefined)) {
      drawPressed(context, stroke);
      continue;
    }
    context.moveTo(first.x, first.y);
    for (let at = 1; at < stroke.length - 1; at++) {
      const [here, next] = [stroke[at], stroke[at + 1]];
      context.quadraticCurveTo(here.x, here.y, (here.x + next.x) / 2, (here.y + next.y) / 2);
    }
    context.lineTo(last.x, last.y);
    context.stroke();
  }
}

/** A line whose width changes: from point to point, as wide as the pen was pressed. */
function drawPressed(context: CanvasRenderingContext2D, stroke: Stroke): void {
  for (const [at, { x, y, width = 1 }] of stroke.slice(1).entries()) {
    const from = stroke[at] as Point;
    context.beginPath();
    context.lineWidth = (PEN * (width + (from.width ?? 1))) / 2;
    context.moveTo(from.x, from.y);
    context.lineTo(x, y);
    context.stroke();
  }
  context.lineWidth = PEN;
}

function contextOf(canvas: HTMLCanvasElement, options?: CanvasRenderingContext2DSettings): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', options);
  if (context === null) throw new Error('this browser cannot draw');
  return context;
}
