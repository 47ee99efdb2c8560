/** A run that is begun again from its config.json: its network is the recorded one, and what changed meanwhile is said. */
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ImageDataset } from '@longhand/datasets';
import { describeNetwork, type Network } from '@longhand/layers';
import { withModuleNames } from '@longhand/schema';
import { sayLine } from '../command/failure';
import { type RecordedNetwork, readNetworkFile } from '../command/network-source';
import { moduleUrl, type OwnCode } from '../command/own-modules';
import type { RunConfig } from '../run/run-record';
import type { RunSettings } from '../run/run-settings';
import type { RepeatedRun } from './settings-sources';

/** The network that the run recorded, for images of any size as its layers are; undefined where no file described it. */
export function recordedNetwork(run: RepeatedRun | undefined, code: OwnCode): RecordedNetwork | undefined {
  if (run?.network === undefined) return undefined;
  const { input: _, ...layers } = run.network as { readonly input?: unknown };
  const description = withModuleNames(layers, (name) => code.urlOf(moduleUrl(name, dirname(run.file))));
  return { description, where: run.file };
}

/** What a repeated run is compared with. */
interface Beginning {
  readonly whole: ImageDataset;
  readonly network: Network;
  readonly code: OwnCode;
  readonly repeated: RepeatedRun | undefined;
  readonly record: RunConfig['data'];
}

/** Says, in a line each, that the file of the network, or the images, are no longer those of the run that is repeated. */
export function sayWhatChanged(
  { model, data }: RunSettings,
  { whole, network, code, repeated, record }: Beginning,
): void {
  if (repeated === undefined) return;
  if (repeated.network !== undefined && model !== undefined && !describes(model, network, whole, code)) {
    sayLine(
      `note: this trains the network that ${repeated.file} recorded; ${model} has another one now, or cannot be read (--model ${model} takes it)`,
    );
  }
  const { checksum } = repeated.data ?? {};
  if (checksum === undefined || checksum === record.checksum) return;
  sayLine(
    `note: ${data ?? 'MNIST'}: these are not the images and labels that the run of ${repeated.file} was trained on, so its results will not come again`,
  );
}

/** Whether a file describes this network. */
function describes(file: string, network: Network, { height, width, channels }: ImageDataset, code: OwnCode): boolean {
  try {
    const now = readNetworkFile(file, [height, width, channels], code);
    return isDeepStrictEqual(described(now), described(network));
  } catch {
    return false;
  }
}

/** As it comes back from a file. */
function described(network: Network): unknown {
  return JSON.parse(JSON.stringify(describeNetwork(network)));
}
