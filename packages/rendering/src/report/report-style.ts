/** How a report looks: ink on paper, by day and by night, on a telephone, a wide screen and a sheet. */
import { Markup } from '../html';
import { pageTokens } from '../page/tokens';

export const reportStyle = new Markup(`
${pageTokens}* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: var(--text)/1.55 var(--font);
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
main { max-width: 82rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 3rem); }
p { margin: 0; }
small { font-size: .8125rem; font-weight: 400; color: var(--ink-soft); }
figure { margin: 0; }
h1, h2, h3 { font-weight: 600; line-height: 1.15; margin: 0; text-wrap: balance; }
h2 { font-size: var(--text-large); }
h3 { font-size: var(--text); margin: 2rem 0 .75rem; }
div > h3:first-child { margin-top: 0; }
h3 small { margin-left: .5rem; }

.top { padding-bottom: clamp(1.5rem, 4vw, 3rem); }
.name { color: var(--ink-soft); font-weight: 600; letter-spacing: .02em; }
h1 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .25em; font-size: clamp(3rem, 10vw, 5.5rem); line-height: 1; letter-spacing: -.02em; margin: .15em 0 .15em -.03em; }
.error { font-size: .32em; font-weight: 400; letter-spacing: 0; color: var(--ink-soft); }
.lead { font-size: var(--text-large); line-height: 1.45; max-width: 38rem; text-wrap: pretty; }
.about { color: var(--ink-soft); margin-top: .5rem; }
dl { margin: 0; }
dt { color: var(--ink-soft); font-size: .8125rem; }
dd { margin: 0; }
.top dl { display: flex; flex-wrap: wrap; gap: 1rem 2.75rem; margin-top: 2rem; }
.top dd { font-size: var(--text-figure); line-height: 1.3; }

section { border-top: 1px solid var(--edge); padding: clamp(1.75rem, 4vw, 3rem) 0; display: grid; gap: 1.5rem; }
section > * { min-width: 0; }
section > header p { color: var(--ink-soft); font-size: .9375rem; margin-top: .6rem; max-width: 38rem; text-wrap: pretty; }
@media (min-width: 70rem) { section { grid-template-columns: 15rem minmax(0, 1fr); gap: 4rem; } }

.charts { display: grid; gap: 2rem 3rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); }
.chart { display: flex; flex-direction: column; }
.chart figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; align-items: baseline; font-size: .8125rem; color: var(--ink-soft); margin-bottom: auto; }
.chart figcaption > b { flex-basis: 100%; font: 600 var(--text)/1.4 var(--font); color: var(--ink); }
.key { white-space: nowrap; }
.key b { color: var(--ink); font-weight: 600; }
.sample { width: 30px; height: 10px; margin-right: .4rem; overflow: visible; }
.plot { display: grid; grid-template: 15rem 1.6rem / auto minmax(0, 1fr); column-gap: .6rem; margin-top: .9rem; font-size: .75rem; color: var(--ink-soft); }
.plot > svg { grid-area: 1 / 2; width: 100%; height: 100%; overflow: visible; border-bottom: 1px solid var(--ink-soft); }
.labels { position: relative; min-width: 3.1rem; }
.labels span { position: absolute; right: 0; transform: translateY(-50%); white-space: nowrap; line-height: 1; }
.below { grid-column: 2; position: relative; }
.below span { position: absolute; top: .4rem; transform: translateX(-50%); line-height: 1; }
.below i { position: absolute; top: 1.3rem; right: 0; line-height: 1; font-style: normal; }
.plot { margin-bottom: 1rem; }
.readings { grid-area: 1 / 2; position: relative; }
.readings span { position: absolute; top: 0; bottom: 0; }
.readings span:hover { background: color-mix(in srgb, var(--ink) 6%, transparent); }
.readings b { display: none; position: absolute; z-index: 1; bottom: .4rem; left: .4rem; padding: 2px 8px; border-radius: var(--radius); background: var(--ink); color: var(--paper); font-weight: 400; width: max-content; max-width: 14rem; pointer-events: none; }
.readings .left { left: auto; right: .4rem; }
.readings span:hover b { display: block; }
.uses { display: grid; gap: .6rem; }
.uses code { overflow-wrap: anywhere; }
path { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; stroke-linecap: round; }
.grid { stroke: var(--edge); stroke-width: 1; }
.line { stroke-width: 2; }
.training { stroke: var(--run-a); }
.validation { stroke: var(--run-b); stroke-dasharray: 7 5; stroke-linecap: butt; }
.batches { stroke: color-mix(in srgb, var(--run-a) 40%, var(--paper)); stroke-width: 1; }
.smooth { stroke: var(--run-a); stroke-width: 1.25; opacity: .75; }
.test { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 0 5; }
.color1 { stroke: var(--run-a); }
.color2 { stroke: var(--run-b); }
.color3 { stroke: #009e73; }
.color4 { stroke: #cc79a7; }
.color5 { stroke: #d99400; }
.color6 { stroke: #4ba3d6; }
.color7 { stroke: var(--ink); }
.color8 { stroke: #8a6d3b; }
.dash1 { stroke-dasharray: 9 5; stroke-linecap: butt; }
.dash2 { stroke-dasharray: 2 4; stroke-linecap: butt; }
.dash3 { stroke-dasharray: 12 4 2 4; stroke-linecap: butt; }
.marks { stroke-width: 8; stroke-dasharray: none; stroke-linecap: round; }
.marks.validation { stroke-linecap: square; stroke-width: 7; }

details { margin-top: 2rem; }
summary { cursor: pointer; font: 600 var(--text)/1.4 var(--font); margin-bottom: .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; }
caption { text-align: left; color: var(--ink-soft); font-size: .8125rem; padding-bottom: .5rem; }
th, td { padding: .3rem .75rem; text-align: right; white-space: nowrap; font-weight: 400; }
th:first-child, .text { text-align: left; }
th:first-child, td:first-child { padding-left: 0; }
thead th { color: var(--ink-soft); font-size: .8125rem; vertical-align: bottom; }
tbody tr, tfoot tr { border-top: 1px solid var(--edge); }
tbody th, tfoot th { font-weight: 600; }
tfoot td { font-weight: 600; }
.best > *, .least { font-weight: 700; }

.matrices { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2rem 3rem; }
.matrices > * { max-width: 100%; }
.confusion th, .confusion td { padding: 0; text-align: center; }
.confusion td, .confusion thead th { min-width: 2.7rem; height: 2.2rem; }
.confusion td { font-size: .8125rem; }
.confusion tbody th { position: sticky; left: 0; background: var(--paper); text-align: right; padding: 0 .75rem 0 0; }
.confusion tbody td { border: 1px solid var(--paper); border-radius: 4px; }
.confusion tbody tr { border: 0; }
.confusion thead th { padding-bottom: .3rem; font-weight: 600; color: var(--ink); font-size: .875rem; }
.long thead th { height: auto; vertical-align: bottom; }
.long thead th span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; font-weight: 400; }
.right { background: color-mix(in srgb, var(--positive) 13%, transparent); }
.wrong { background: color-mix(in srgb, var(--negative) calc(100% * var(--shade)), transparent); }
.strong { font-weight: 700; }
.none { color: var(--ink-soft); }

/* What is wider than a telephone scrolls beside its first column; a shade at the edge says so, until the end hides it. */
@media (max-width: 34rem) {
  .scroll { --edge: .9rem; background: linear-gradient(to left, var(--paper) 33.4%, transparent) right / calc(3 * var(--edge)) 100% local no-repeat,
    linear-gradient(to left, var(--edge), transparent) right / var(--edge) 100% no-repeat; }
  .scroll tr > :first-child { position: sticky; left: 0; background: var(--paper); }
  .matrices > * { flex: auto; }
  .scroll table { font-size: .8125rem; }
  .scroll th, .scroll td { padding-inline: .45rem; }
  .scroll th:first-child { padding-left: 0; }
  .scroll thead th { white-space: normal; font-size: .75rem; }
  .scroll .confusion { width: 100%; font-size: .75rem; }
  .confusion td, .confusion thead th { min-width: 1.95rem; height: 1.95rem; font-size: .6875rem; letter-spacing: -.02em; }
  .scroll .confusion th, .scroll .confusion td { padding-inline: 0; }
  .scroll .confusion tbody th { padding-right: .35rem; }
}

/* Ink on paper, whatever the colors of the page are. */
img { image-rendering: pixelated; display: block; background: #fff; border-radius: 2px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.75rem, 1fr)); gap: 1.5rem 1.25rem; }
.gallery img { width: 100%; height: auto; }
.gallery figcaption { font-size: .875rem; line-height: 1.35; margin-top: .45rem; }
.gallery figcaption b { display: inline-block; max-width: 100%; overflow: clip; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.gallery.long { grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); }
.gallery span { color: var(--ink-soft); }
.gallery small { display: block; }
.answer { display: grid; grid-template-columns: 11rem minmax(0, 22rem); gap: 1.5rem 3rem; align-items: start; margin-bottom: 2rem; }
@media (max-width: 34rem) { .answer { grid-template-columns: minmax(0, 1fr); } .answer figure { max-width: 11rem; } }
.answer img { width: 100%; height: auto; }
.answer figcaption { margin-top: .45rem; }
.bars { width: 100%; }
.bars th, .bars td { padding-block: .12rem; }
.bars tbody tr { border: 0; }
.bar { width: 100%; }
.bar i { display: block; height: .7rem; min-width: 1px; background: var(--run-a); border-radius: 0 2px 2px 0; }
.maps { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(4rem, 1fr)); }
.kernels { display: flex; flex-wrap: wrap; gap: 1.1rem 2rem; }
.single { gap: .5rem; }
.output { display: grid; gap: .5rem; grid-template-columns: repeat(var(--columns), minmax(0, 3.25rem)); }
.maps img { width: 100%; height: auto; }
.weights { width: 100%; height: auto; background: var(--sunken); border-radius: 3px; }
.weights path { vector-effect: none; stroke-linejoin: miter; }
.above { fill: var(--positive); }
.below { stroke: var(--negative); stroke-width: 2; }

pre { margin: 0; padding: 1rem 1.15rem; background: var(--sunken); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .875rem/1.5 ui-monospace, monospace; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9rem), 1fr)); gap: .9rem 1.5rem; }
.settings dd { overflow-wrap: anywhere; }
.unused { color: var(--ink-soft); font-size: .875rem; margin-top: .9rem; }

@media print {
  @page { margin: 1.5cm; }
  :root { --paper: #fff; }
  body { font-size: 10pt; }
  main { padding: 0; max-width: none; }
  h1 { font-size: 3.5rem; }
  section { padding: 1rem 0; }
  section > header, figure, tr, .weights, .maps img { break-inside: avoid; }
  section > header, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  .wrong, .right, .bar i, .weights, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
