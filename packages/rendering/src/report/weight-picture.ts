/**
 * Numbers of both signs as squares: the larger the square, the stronger the number; full above zero, hollow below. So it reads
 * without colour. The field knows them as Hinton diagrams.
 */
import { html, type Markup } from '../html';
import type { ReportMap } from './report-data';

/** Units of the drawing to a number, and how wide the line of a hollow square is. */
const cell = 20;
const line = 2;

export interface WeightPictureOptions extends ReportMap {
  /** The magnitude that fills its place: the same for all pictures that are compared. */
  readonly largest: number;
  /** What it shows, for those who cannot see it. */
  readonly title: string;
}

/** The picture as SVG, in the colours `.above` and `.below` of the page. */
export function weightPicture({ values, height, width, largest, title }: WeightPictureOptions): Markup {
  const [above, below]: [string[], string[]] = [[], []];
  for (let at = 0; at < height * width; at++) {
    const value = values[at];
    // Its area says how strong it is.
    const side = Math.round((cell - 2) * Math.sqrt(Math.abs(value) / largest));
    if (!(side >= line)) continue;
    const inside = value > 0 ? side : side - line;
    const [x, y] = [at % width, Math.floor(at / width)].map((place) => cell * place + (cell - inside) / 2);
    (value > 0 ? above : below).push(`M${x} ${y}h${inside}v${inside}h-${inside}z`);
  }
  return html`<svg class="weights" role="img" viewBox="0 0 ${cell * width} ${cell * height}"><title>${title}</title><path class="above" d="${above.join('')}"/><path class="below" d="${below.join('')}"/></svg>`;
}
