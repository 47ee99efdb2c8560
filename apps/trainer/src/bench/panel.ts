/** `longhand bench --panel`: the speeds of many networks in one table, the presets and the files of `benchmarks/networks`. */
import { type Network, networkFrom, presets } from '@longhand/layers';
import { countText, table } from '@longhand/rendering';
import { withEngine } from '../command/engine-session';
import { type BenchConditions, type BenchOptions, conditionsOf, conditionsText } from './conditions';
import { panelNetworks } from './panel-networks.generated';
import { measureSpeeds, type Speeds } from './speeds';

/** The measurements, in the order of the table. */
interface PanelResult extends BenchConditions {
  readonly networks: readonly (Speeds & { readonly network: string; readonly parameters: number })[];
}

export async function benchPanel(options: BenchOptions): Promise<void> {
  const { batchSize, seconds = 1 } = options;
  const result: PanelResult = await withEngine(
    options,
    () => 'interrupted',
    async (engine) => {
      engine.warmUp();
      const networks: PanelResult['networks'][number][] = [];
      for (const [network, made] of networksOfPanel()) {
        const speeds = await measureSpeeds(engine, made, batchSize, seconds);
        networks.push({ network, parameters: made.parameterCount, ...speeds });
      }
      return { ...(await conditionsOf(options, engine)), networks };
    },
  );
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : panelReport(result));
}

function networksOfPanel(): readonly (readonly [name: string, network: Network])[] {
  const input = [28, 28, 1];
  const described = Object.entries(panelNetworks);
  return [
    ...Object.entries(presets).map(([name, preset]) => [name, preset()] as const),
    ...described.map(([name, description]) => [name, networkFrom(description, { input })] as const),
  ];
}

function panelReport(result: PanelResult): string {
  const rounded = (value: number): string => countText(Number(value.toPrecision(3)));
  const columns = [
    { title: 'network' },
    ...['parameters', 'training', 'inference'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = result.networks.map(({ network, parameters, ...speeds }) => [
    network,
    countText(parameters),
    rounded(speeds.trainingImagesPerSecond),
    rounded(speeds.inferenceImagesPerSecond),
  ]);
  return [`images per second, ${conditionsText(result)}`, table({ columns, rows, color: false }), ''].join('\n');
}
