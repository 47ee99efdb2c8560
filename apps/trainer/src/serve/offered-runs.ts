/** The finished runs in `runs/`: what the page lists of them, and their models. Read when they are asked for, never written. */
import { readFile } from 'node:fs/promises';
import { RunFolder } from '../run/run-folder';
import { readConfig, readRecord } from '../run/run-record';
import { networkTitle } from '../run/run-settings';
import { type Resource, typeOf } from './resource';

/** A run that has been tested. */
export interface OfferedRun {
  readonly name: string;
  readonly network: string;
  readonly data: string;
  readonly epochs: number;
  readonly seed: number;
  /** Of the test images, from 0 to 1. */
  readonly accuracy: number;
}

/** The finished runs, by name. Those that cannot be read are left out: `longhand runs` says why. */
export function offeredRuns(): OfferedRun[] {
  return RunFolder.names()
    .sort()
    .flatMap((name) => {
      try {
        const folder = RunFolder.open(name);
        const { settings, data } = readConfig(folder);
        const { epochs, test } = readRecord(folder);
        if (test === undefined) return [];
        const { seed } = settings;
        return [
          {
            name,
            network: networkTitle(settings),
            data: data.name,
            epochs: epochs.length,
            seed,
            accuracy: test.accuracy,
          },
        ];
      } catch {
        return [];
      }
    });
}

/** The model of a run by its path, `runs/NAME/last.safetensors` or `best.safetensors`; undefined for anything else. */
export function runResource(path: string): Resource | undefined {
  const [, name, kind] = /^runs\/([^/]+)\/(last|best)\.safetensors$/.exec(path) ?? [];
  if (name === undefined || !RunFolder.names().includes(name)) return undefined;
  const folder = RunFolder.open(name);
  if (kind !== 'last' && kind !== 'best') return undefined;
  return folder.has(kind) ? { type: typeOf(path), bytes: () => readFile(folder.file(kind)) } : undefined;
}
