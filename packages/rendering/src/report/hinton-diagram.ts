/**
 * Hinton diagrams (Hinton & Shallice, 1991): numbers as squares whose area is the magnitude, full above zero, hollow below. So
 * they can be read without color.
 */
import { html, type Markup } from '../html';
import type { Matrix } from '../image';

/** The side of a cell and the line width of a hollow square, in units of the drawing. */
const cell = 20;
const line = 2;

export interface HintonDiagramOptions extends Matrix {
  /** The magnitude that fills its cell: the same for all diagrams that are compared. */
  readonly largest: number;
  /** What it shows, for those who cannot see it. */
  readonly title: string;
}

/** The diagram as SVG, in the colors `.above` and `.below` of the page. */
export function hintonDiagram({ values, height, width, largest, title }: HintonDiagramOptions): Markup {
  const [above, below]: [string[], string[]] = [[], []];
  for (let at = 0; at < height * width; at++) {
    const value = values[at];
    // The area is the magnitude.
    const side = Math.round((cell - 2) * Math.sqrt(Math.abs(value) / largest));
    if (!(side >= line)) continue;
    const inside = value > 0 ? side : side - line;
    const [x, y] = [at % width, Math.floor(at / width)].map((index) => cell * index + (cell - inside) / 2);
    (value > 0 ? above : below).push(`M${x} ${y}h${inside}v${inside}h-${inside}z`);
  }
  return html`<svg class="weights" role="img" viewBox="0 0 ${cell * width} ${cell * height}"><title>${title}</title><path class="above" d="${above.join('')}"/><path class="below" d="${below.join('')}"/></svg>`;
}
