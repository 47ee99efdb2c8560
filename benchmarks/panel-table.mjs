/**
 * The panel as Markdown: for each number of threads a table with a row for each network and, side by side, Longhand,
 * PyTorch's best variant, and how many times as fast Longhand is; below it the geometric mean and the slowest.
 */
import { distinct, fastest, median, rounded, table } from './tables.mjs';

const phases = { train: 'training', infer: 'inference' };

/** @param {readonly import('./side-by-side.mjs').Throughput[]} results Of Longhand and of the systems that it is compared with. */
export function panelTables(results) {
  const systems = distinct(results.map(({ system }) => system));
  const own = systems.filter((system) => system.startsWith('Longhand'));
  const peers = systems.filter((system) => !own.includes(system));
  return distinct(results.map(({ threads }) => threads))
    .flatMap((threads) => own.flatMap((system) => peers.map((peer) => ({ threads, system, peer }))))
    .map(({ threads, system, peer }) => {
      const rows = comparedRows(
        results.filter((result) => result.threads === threads),
        system,
        peer,
      );
      const title = `### ${system}, against the best variant of ${peer}; ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
      return [title, panelTable(rows, peer), summaryOf(rows)].join('\n\n');
    })
    .join('\n\n');
}

/** The figures of a row: images per second and bytes, of Longhand and of the peer's best variant; undefined where there are none. */
function comparedRows(results, system, peer) {
  return distinct(results.map(({ network }) => network)).map((network) => {
    const of = (name) => results.filter((result) => result.network === network && result.system === name);
    const figures = Object.keys(phases).map((phase) => {
      const [mine, theirs] = [of(system), of(peer)].map((variants) => fastest(variants, phase));
      const [own, other] = [mine, theirs].map((best) => best && median(best[phase]));
      return { own, other, ratio: own && other && own / other };
    });
    const memory = [of(system), of(peer)].map((variants) => fastest(variants, 'train')?.peakMemory);
    return { network, figures, memory };
  });
}

function panelTable(rows, peer) {
  const shown = (value) => (value === undefined ? '–' : rounded(value));
  const megabytes = (bytes) => (bytes === undefined ? '–' : rounded(bytes / 1e6));
  const heads = Object.values(phases).flatMap((phase) => [phase, peer, 'ratio']);
  return table(
    ['network', ...heads, 'MB', peer],
    rows.map(({ network, figures, memory }) => [
      network,
      ...figures.flatMap(({ own, other, ratio }) => [shown(own), shown(other), ratio?.toFixed(2) ?? '–']),
      ...memory.map(megabytes),
    ]),
  );
}

function summaryOf(rows) {
  return Object.values(phases)
    .map((phase, column) => {
      const measured = rows.filter(({ figures }) => figures[column].ratio !== undefined);
      if (measured.length === 0) return `${phase}: nothing to compare`;
      const ratios = measured.map(({ figures }) => figures[column].ratio);
      const slowest = measured[ratios.indexOf(Math.min(...ratios))];
      const ratio = slowest.figures[column].ratio.toFixed(2);
      return `${phase}: geometric mean ${geometricMean(ratios).toFixed(2)} ×, slowest ${slowest.network} ${ratio} ×`;
    })
    .join('; ');
}

/** The n-th root of the product of n numbers. */
export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
