/** From measurements to Markdown: a row for each system with the best of its variants, medians over the rounds. */

/** @param {readonly import('./side-by-side.mjs').Throughput[]} results */
export function throughputTables(results) {
  const networks = distinct(results.map(({ network }) => network));
  return [
    '### Training, images per second',
    throughputTable(results, networks, 'train'),
    '### Inference, images per second',
    throughputTable(results, networks, 'infer'),
    '### Every variant: training / inference',
    variantTable(results, networks),
  ].join('\n\n');
}

/** @param {readonly import('./whole-process.mjs').WholeRuns[]} results */
export function wholeTable(results) {
  const networks = distinct(results.map(({ network }) => network));
  return networks
    .flatMap((network) => {
      const rows = distinct(results.map(({ system }) => system))
        .map((system) => results.filter((result) => result.system === system && result.network === network))
        .filter((variants) => variants.length > 0)
        .map((variants) => variants.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a)));
      return [
        `### The whole process: ${network}`,
        table(
          ['system', 'seconds', 'epochs', 'peak memory', 'accuracy'],
          rows.map(({ system, variant, seconds, epochs, peakMemory, accuracy }) => [
            `${system} (${variant})`,
            median(seconds).toFixed(1),
            `${epochs}`,
            peakMemory.includes(null) ? '–' : `${rounded(median(peakMemory) / 1e6)} MB`,
            `${(100 * median(accuracy)).toFixed(2)} %`,
          ]),
        ),
      ];
    })
    .join('\n\n');
}

/** Of an even number of values the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** Three digits that count, two below a hundred: more than that no machine repeats. */
export function rounded(value) {
  return Number(value.toPrecision(value < 100 ? 2 : 3)).toLocaleString('en-US');
}

function throughputTable(results, networks, phase) {
  const systems = distinct(results.map(({ system }) => system));
  const rows = systems.map((system) => {
    const variants = (network) => results.filter((result) => result.system === system && result.network === network);
    const several =
      distinct(results.filter((result) => result.system === system).map(({ variant }) => variant)).length > 1;
    return [
      system,
      ...networks.map((network) => {
        const best = fastest(variants(network), phase);
        if (best === undefined) return '–';
        const figure = rounded(median(best[phase]));
        return several ? `${figure} (${best.variant})` : figure;
      }),
    ];
  });
  return table(['system', ...networks], rows);
}

function variantTable(results, networks) {
  const names = distinct(results.map(({ version, system, variant }) => JSON.stringify([version, system, variant])));
  const rows = names.map((name) => {
    const [version, system, variant] = JSON.parse(name);
    return [
      `${version}: ${variant}`,
      ...networks.map((network) => {
        const same = (result) => result.network === network && result.system === system && result.variant === variant;
        const result = results.find(same);
        if (result === undefined) return '–';
        return [result.train, result.infer]
          .map((figures) => (figures.length > 0 ? rounded(median(figures)) : '–'))
          .join(' / ');
      }),
    ];
  });
  return table(['version and variant', ...networks], rows);
}

/** The variant with the most images per second; undefined where none was measured. */
export function fastest(variants, phase) {
  const measured = variants.filter((result) => result[phase].length > 0);
  return measured.reduce((a, b) => (a !== undefined && median(a[phase]) >= median(b[phase]) ? a : b), undefined);
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function distinct(values) {
  return [...new Set(values)];
}
