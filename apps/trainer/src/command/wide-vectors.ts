/**
 * Vectors of 256 bits. WebAssembly's have 128; V8 can make one operation of 256 bits out of two that lie side by side, on x64
 * processors with AVX2, and leaves everything as it is on others. What it makes rounds in the same way, so the results stay the same.
 *
 * V8 calls it an experiment. So it is on by itself only in engines that were tried at length before, which costs nothing at start.
 * `--wide-vectors` asks for it in others, where it proves itself first; `--no-wide-vectors` turns it off.
 */
import { setFlagsFromString } from 'node:v8';
import { expectWideVectors } from '@longhand/kernels';
import type { KernelChoice } from '@longhand/training';
import { refusal } from './failure';
import { isProvenHere, wideFlag } from './proven-engines';

const narrowFlag = wideFlag.replace('--', '--no-');

/** Whether V8 makes wide vectors where it can; undefined until that was chosen. */
let isOn: boolean | undefined;

/**
 * Has V8 make wide vectors from here on, in all threads, or not. What is compiled already stays as it is, so this comes before the first
 * kernel runs.
 *
 * @param asked `true` for --wide-vectors, `false` for --no-wide-vectors. Default: as V8's flag was typed; without, wide in engines
 *   that are proven
 * @throws CommandError when wide ones are asked for, and the kernels have no vectors, or the engine or the processor has none of 256 bits,
 *   or the proof fails
 */
export async function chooseVectors(kernels: KernelChoice, asked: boolean | undefined): Promise<void> {
  if (asked === true) {
    if (kernels === 'reference') {
      throw refusal('--wide-vectors: expected the strict or the fused kernels, got reference, which has no vectors');
    }
    await (await import('./wide-vectors-proof')).proveWideVectors(kernels);
  }
  const typed = typedFlag(process.execArgv);
  const before = isOn ?? typed ?? false;
  isOn = asked ?? typed ?? (kernels !== 'reference' && isProvenHere());
  // Engines that do not know the flag complain of it, so it is not touched where nothing changes.
  if (isOn !== before) setFlagsFromString(isOn ? wideFlag : narrowFlag);
  expectWideVectors(isOn);
}

/** Whether kernels that are compiled from now on have wide vectors. This asks another process what V8 makes on this processor. */
export async function hasWideVectors(kernels: KernelChoice): Promise<boolean> {
  if (kernels === 'reference' || isOn !== true) return false;
  return (await import('./wide-vectors-proof')).makesWideVectors();
}

/** V8's flag among the options of Node, the last of them; V8 takes `_` for `-`, and `no` with a dash behind it or without. */
function typedFlag(options: readonly string[]): boolean | undefined {
  const typed = options.findLast((word) => /^--?(no-?)?experimental[-_]wasm[-_]revectorize$/.test(word));
  return typed === undefined ? undefined : !/^--?no/.test(typed);
}
