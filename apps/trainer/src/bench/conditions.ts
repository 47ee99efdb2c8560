/** What `longhand bench` is asked, and under which conditions it measured. */
import type { PresetName } from '@longhand/layers';
import type { Engine, KernelChoice } from '@longhand/training';
import type { EngineSettings } from '../command/engine-session';
import { currentRuntime, runtimeText } from '../command/runtime';
import { hasWideVectors } from '../command/wide-vectors';

/** The options of `longhand bench`, parsed. */
export interface BenchOptions extends EngineSettings {
  readonly network: PresetName;
  readonly model?: string;
  readonly batchSize: number;
  /** Default: 3; of the panel 1. */
  readonly seconds?: number;
  /** Many networks in place of one. */
  readonly panel?: boolean;
  readonly apart?: boolean;
  readonly json?: boolean;
}

/** All that speeds depend on, besides the network. */
export interface BenchConditions {
  readonly batchSize: number;
  readonly threads: number;
  readonly kernels: KernelChoice;
  /** Whether vectors have 256 bits: they are on, and the processor has them. */
  readonly wideVectors: boolean;
  /** What runs the command, such as Node, with its version. */
  readonly engine: string;
}

export async function conditionsOf(
  { batchSize, kernels }: BenchOptions,
  { threads }: Pick<Engine, 'threads'>,
): Promise<BenchConditions> {
  const wideVectors = await hasWideVectors(kernels);
  return { batchSize, threads, kernels, wideVectors, engine: runtimeText(currentRuntime()) };
}

export function conditionsText({ batchSize, threads, kernels, wideVectors, engine }: BenchConditions): string {
  const vectors = wideVectors ? ', wide vectors' : '';
  return `batches of ${batchSize}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${kernels} kernels${vectors}, ${engine}`;
}
