/**
 * The engines in which vectors of 256 bits are proven: `workspace/wide-vectors.mjs` has compared their results with those of narrow
 * ones, of every kernel at thousands of geometries and of whole trainings, however V8 compiles them, and no bit was another.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { currentRuntime } from './runtime';

/** Versions of V8, as Node 24 and Node 26 have them. */
const provenVersions: readonly string[] = ['13.6', '14.6'];

/** What V8 calls wide vectors. */
export const wideFlag = '--experimental-wasm-revectorize';

/** The subcommand that the processes of a proof run; `--help` does not list it. */
export const probeCommandName = 'probe-wide-vectors';

/** What is known of an engine without running anything. */
export interface EngineFacts {
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly arch: string;
}

/** Whether the engine is one of those that were tried, on the system and the architecture that they were tried on. */
export function isProvenEngine({ versions, platform, arch }: EngineFacts = process): boolean {
  if (currentRuntime(versions).name !== 'node' || platform !== 'linux' || arch !== 'x64') return false;
  // Node's own build of V8 says so at its end; other programs have others, with other changes.
  const [, version = ''] = /^(\d+\.\d+)\.\d+\.\d+-node\.\d+$/.exec(versions.v8 ?? '') ?? [];
  return provenVersions.includes(version);
}

/** Whether this process is in such an engine, on a processor with AVX2, and V8 has no options by which it may make none. */
export function isProvenHere(): boolean {
  return isProvenEngine() && compilerOptions().length === 0 && hasAvx2();
}

/** The options of this process by which V8 may make none: `--no-enable-avx2`, or `--disable-wasm-trap-handler`, which adds checks of bounds. */
export function compilerOptions(): readonly string[] {
  return process.execArgv.filter((word) => /^--(?!trace).*wasm|^--no-?enable[-_]/.test(word));
}

/** Whether Linux lists AVX2 among what the first processor has. Kernels take tiles for wide vectors that are slow without. */
function hasAvx2(): boolean {
  try {
    const file = openSync('/proc/cpuinfo', 'r');
    try {
      const start = Buffer.alloc(8192);
      return /^flags\s*:.* avx2( |$)/m.test(start.toString('latin1', 0, readSync(file, start)));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
