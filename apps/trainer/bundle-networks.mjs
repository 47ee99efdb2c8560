/**
 * Writes the networks of the panel, the files of `benchmarks/networks`, into `src/bench/panel-networks.generated.ts`, so
 * that they travel with the command.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../benchmarks/networks');
const target = join(import.meta.dirname, 'src/bench/panel-networks.generated.ts');

const networks = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8'))]);

const content = [
  '/** Made by bundle-networks.mjs from the network files of the benchmarks; not kept in the repository. */',
  `export const panelNetworks: Readonly<Record<string, unknown>> = ${JSON.stringify(Object.fromEntries(networks))};`,
  '',
].join('\n');
if (!existsSync(target) || readFileSync(target, 'utf8') !== content) writeFileSync(target, content);
