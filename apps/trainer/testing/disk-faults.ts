/**
 * Faults of the disk for tests: they are put into the calls of `command/disk.ts`, the n-th of which fails. A killed process makes no
 * call after it, so no cleanup reaches the disk.
 */
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { disk } from '../src/command/disk';

/**
 * - `kill`: the process ends before the call
 * - `torn`: it ends in the call: of what it writes, half is written
 * - `error`: the device fails once
 * - `full`: from then on nothing can be written or made
 * - `short`: of what is written, a part is, as the system may
 */
export const faultKinds = ['kill', 'torn', 'error', 'full', 'short'] as const;

export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  /** The number of the call, from 0. */
  readonly at: number;
}

/** What a killed process throws, since it cannot be killed for a test. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

type Call = (...values: never[]) => unknown;

/** Gives what this process left in the folders of runs to one that is no more: no process has a number as large as this. */
export function abandon(runs: string): void {
  const gone = 2147483646;
  if (!existsSync(runs)) return;
  for (const run of readdirSync(runs)) {
    for (const name of readdirSync(join(runs, run))) {
      const file = join(runs, run, name);
      if (name === 'training.lock') writeFileSync(file, `${gone} 1\n`);
      const left = name.startsWith(`.${process.pid}`) ? name.replace(String(process.pid), String(gone)) : name;
      if (left !== name) renameSync(file, join(runs, run, left));
    }
  }
}

/** Does some work with a fault in it, and says how many calls it made, and whether the fault came. */
export async function withFault(
  fault: Fault | undefined,
  work: () => Promise<void>,
): Promise<{ readonly calls: number; readonly failure: unknown }> {
  const calls = disk as Record<string, Call>;
  const original = { ...calls };
  let made = 0;
  let killed = false;
  for (const [name, call] of Object.entries(original)) {
    calls[name] = (...values) => {
      if (killed) throw new Killed('killed before');
      const now = made++;
      if (fault === undefined || now < fault.at) return call(...values);
      if (now === fault.at && (fault.kind === 'kill' || fault.kind === 'torn')) {
        killed = true;
        if (fault.kind === 'torn' && name === 'writeSync') call(...firstHalf(values));
        throw new Killed(`killed at ${name}`);
      }
      if (now === fault.at && fault.kind === 'error') throw systemError('EIO', name);
      if (fault.kind === 'full' && grows(name, values)) throw systemError('ENOSPC', name);
      if (now === fault.at && fault.kind === 'short' && name === 'writeSync') return call(...firstHalf(values));
      return call(...values);
    };
  }
  try {
    await work();
    return { calls: made, failure: undefined };
  } catch (failure) {
    return { calls: made, failure };
  } finally {
    Object.assign(calls, original);
  }
}

/** The values of a write call for the first half of its bytes. */
function firstHalf(values: readonly unknown[]): never[] {
  const [descriptor, bytes, at = 0] = values as [number, Uint8Array, number?];
  const half = Math.max(1, (bytes.length - at) >> 1);
  return [descriptor, bytes, at, half] as never[];
}

/** Whether a call takes room on the disk. */
function grows(name: string, values: readonly unknown[]): boolean {
  return ['writeSync', 'appendFileSync', 'mkdirSync'].includes(name) || (name === 'openSync' && values[1] !== 'r');
}

function systemError(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: a fault for a test, ${call}`), { code, syscall: call });
}
