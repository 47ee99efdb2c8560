/** The style of a page of feature maps: light, dark, on a telephone and on paper. */
import { Markup } from '../html';
import { divergingColors } from './heatmap-image';

const gradient = divergingColors.map((color) => `rgb(${color.join(' ')})`).join(', ');

export const featureMapsStyle = new Markup(`
:root { color-scheme: light dark; --ink: #1c1b19; --quiet: #6a675f; --paper: #fbfaf7; --line: #dcd8cf; --most: #b4490f; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece9e2; --quiet: #a39e93; --paper: #171614; --line: #383530; --most: #ffab70; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 0.25rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
p { color: var(--quiet); margin: 0.25rem 0 0.75rem; max-width: 46rem; }
small { color: var(--quiet); font-size: 0.85rem; font-weight: 400; margin-left: 0.5rem; }
.answer { display: grid; grid-template-columns: 17rem minmax(0, 32rem); gap: 1.5rem 2.5rem; align-items: center; margin-top: 1.25rem; }
@media (max-width: 40rem) { .answer { grid-template-columns: minmax(0, 1fr); } .answer img { max-width: 17rem; } }
.maps { display: grid; gap: 6px; grid-template-columns: repeat(auto-fill, minmax(max(3.25rem, 100% / (var(--columns) + 1)), 1fr)); }
.single { display: block; max-width: 30rem; }
.sections { display: grid; column-gap: 2.5rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 52rem) { .sections { grid-template-columns: repeat(2, minmax(0, 1fr)); } section { grid-column: 1 / -1; } .half { grid-column: auto; } }
img { display: block; width: 100%; height: auto; image-rendering: pixelated; background: #000; border-radius: 2px; }
.key { display: flex; flex-wrap: wrap; justify-content: space-between; width: min(100%, 18rem); margin: 0 0 0.75rem; font-size: 0.8rem; line-height: 1.4; color: var(--quiet); font-variant-numeric: tabular-nums; }
.key i { flex-basis: 100%; height: 0.7rem; border: 1px solid var(--quiet); border-radius: 2px; background: linear-gradient(90deg, #000, #fff); }
.key .signed { background: linear-gradient(90deg, ${gradient}); }
table { border-collapse: collapse; width: min(100%, 32rem); font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); }
th { text-align: left; font-weight: 500; padding: 0 0.75rem 0 0; }
td { padding: 0; } td:last-child { text-align: right; padding-left: 0.75rem; white-space: nowrap; }
.bar { width: 100%; min-width: 6rem; }
.bar i { display: block; height: 0.7rem; min-width: 1px; background: var(--quiet); border-radius: 2px; }
.signs { background: linear-gradient(90deg, transparent calc(50% - 1px), var(--line) calc(50% - 1px), var(--line) calc(50% + 1px), transparent calc(50% + 1px)); }
.above { margin-left: 50%; }
.signs .below { margin-left: auto; margin-right: 50%; background: none; border: 2px solid var(--quiet); }
.most { font-weight: 700; } .most th { font-weight: 700; } .most .bar i { background: var(--most); }
@media print { :root { --paper: #fff; --ink: #000; } section { break-inside: avoid; } img, .key i, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`);
