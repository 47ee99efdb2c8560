/** What the commands print: the network in figures, and how it reads digits. */
import type { ImageDataset } from '@longhand/datasets';
import { type Network, summary } from '@longhand/layers';
import {
  accuracyText,
  columnsOf,
  confusionMatrix,
  countText,
  flow,
  lossText,
  styles,
  table,
  visibleWidth,
  wantsColor,
} from '@longhand/rendering';
import type { Evaluation } from '@longhand/training';

/**
 * A row for each layer: what it gives, in the notes' symbols where it has one, and what it costs. On a terminal too
 * narrow for that, one line.
 */
export function networkReport(name: string, network: Network, stream: NodeJS.WriteStream): string {
  const { rows, parameters, multiplyAdds } = summary(network);
  const hasSymbols = rows.some(({ symbol }) => symbol !== undefined);
  const columns = [
    { title: 'layer' },
    { title: 'kind' },
    ...(hasSymbols ? [{ title: 'symbol' }] : []),
    { title: 'output' },
    { title: 'parameters', align: 'right' as const },
    { title: 'multiply-adds', align: 'right' as const },
  ];
  const cells = rows.map((row) => [
    row.name,
    row.kind,
    ...(hasSymbols ? [row.symbol ?? ''] : []),
    row.outputShape.join('×'),
    row.parameters === 0 ? '' : countText(row.parameters),
    row.multiplyAdds === 0 ? '' : countText(row.multiplyAdds),
  ]);
  const total = ['total', '', ...(hasSymbols ? [''] : []), '', countText(parameters), countText(multiplyAdds)];
  const report = table({ columns, rows: cells, total, color: wantsColor(stream, process.env) });
  const widest = Math.max(...report.split('\n').map(visibleWidth));
  return stream.isTTY && widest > columnsOf(stream) ? `${name}: ${countText(parameters)} parameters` : report;
}

/** Accuracy with its standard error, the loss, and what was read as what. */
export function evaluationReport(
  dataset: ImageDataset,
  evaluation: Evaluation,
  classes: readonly string[],
  stream: NodeJS.WriteStream,
): string {
  const { accuracy, standardError, count, correct, loss, confusion } = evaluation;
  const color = wantsColor(stream, process.env);
  const { bold } = styles({ color });
  const width = columnsOf(stream);
  return [
    `${dataset.name}: ${countText(count)} images`,
    flow(
      [
        `accuracy  ${bold(accuracyText(accuracy, standardError))} standard error`,
        `(${countText(count - correct)} misread)`,
      ],
      width,
    ),
    `loss      ${lossText(loss)}`,
    '',
    confusionMatrix({ confusion, classes, color, width }),
    '',
  ].join('\n');
}
