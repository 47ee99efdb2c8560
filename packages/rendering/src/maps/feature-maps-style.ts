/** What a page of feature maps has beside the style of all pages. */
import { Markup } from '../html';
import { type Color, negativeColor, positiveColor } from './map-colors';

const rgb = (color: Color): string => `rgb(${color.join(' ')})`;

export const featureMapsStyle = new Markup(`
h1.words { font-size: clamp(1.5rem, 5vw, 2.25rem); line-height: 1.2; letter-spacing: -.01em; margin: .15em 0; }
.classified { display: grid; grid-template-columns: 12rem minmax(0, 26rem); gap: 1.5rem 2.5rem; align-items: start; padding-bottom: 2rem; }
.photographed { grid-template-columns: minmax(0, 20rem) 12rem minmax(0, 24rem); }
@media (max-width: 60rem) { .photographed { grid-template-columns: minmax(0, 20rem) 12rem; } .photographed > table { grid-column: 1 / -1; } }
@media (max-width: 40rem) { .classified { grid-template-columns: minmax(0, 1fr); } .classified > figure { max-width: 16rem; } }
.classified figcaption { color: var(--ink-soft); font-size: var(--text-small); margin-top: .45rem; }
.photograph { position: relative; }
.photograph img { image-rendering: auto; }
.photograph i { position: absolute; border: 2px solid var(--run-b); outline: 1px solid #fff; }
main img { width: 100%; height: auto; }
.classified img, .layer img { border: 1px solid var(--edge); }
.rows { display: grid; column-gap: 2.5rem; grid-template-columns: minmax(0, 1fr); }
section.layer { display: block; padding: 1.25rem 0 1.75rem; }
@media (min-width: 52rem) { .rows { grid-template-columns: repeat(2, minmax(0, 1fr)); } .layer { grid-column: 1 / -1; } .layer.half { grid-column: auto; } }
.layer h2 { font-size: var(--text); }
.layer > p { color: var(--ink-soft); margin: .25rem 0 .75rem; max-width: 46rem; }
.layer .maps { gap: 6px; grid-template-columns: repeat(auto-fill, minmax(max(3.25rem, 100% / (var(--columns) + 1)), 1fr)); }
.layer .maps.single { display: block; max-width: 30rem; }
.key { display: flex; flex-wrap: wrap; justify-content: space-between; width: min(100%, 18rem); margin: 0 0 .75rem; font-size: var(--text-small); line-height: 1.4; color: var(--ink-soft); }
.key i { flex-basis: 100%; height: .7rem; border: 1px solid var(--edge-strong); border-radius: 2px; background: linear-gradient(90deg, #fff, ${rgb(positiveColor)}); }
.key .signed { background: linear-gradient(90deg, ${rgb(negativeColor)}, #fff, ${rgb(positiveColor)}); }
.layer table, .classified table { width: min(100%, 32rem); }
.bar { width: 100%; min-width: 6rem; }
.signs { background: linear-gradient(90deg, transparent calc(50% - 1px), var(--edge) calc(50% - 1px), var(--edge) calc(50% + 1px), transparent calc(50% + 1px)); }
.bar .above { margin-left: 50%; background: var(--positive); }
.bar .below { margin-left: auto; margin-right: 50%; background: none; border: 2px solid var(--negative); }
.pointed { position: fixed; z-index: 1; padding: 2px 8px; border-radius: var(--radius); background: var(--ink); color: var(--paper); font-size: var(--text-small); pointer-events: none; white-space: nowrap; }
@media print { section.layer { break-inside: avoid; } img, .key i, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`);
