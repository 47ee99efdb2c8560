/**
 * Vectors of 256 bits, `--wide-vectors`. WebAssembly's have 128; V8 can make one operation of 256 bits out of two that lie side
 * by side, on x64 processors with AVX2. What it makes rounds in the same way, so the results stay the same. But V8 calls it an
 * experiment. So it is off unless asked for, and proves itself first: two other processes train small networks, one with
 * wide vectors and one without, and have to end with the same bits. Nothing of this process is at risk until then.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { expectWideVectors } from '@longhand/kernels';
import type { KernelChoice } from '@longhand/training';
import { refusal } from './failure';
import { currentRuntime, runtimeText } from './runtime';

/** V8's name for it. */
const flag = '--experimental-wasm-revectorize';

/** The subcommand that the two processes run; `--help` does not list it. */
export const probeCommandName = 'probe-wide-vectors';

/** What V8 says, when it is asked to, of a function that it makes wide. */
const widened = /^Revec: .*Decided? to vectorize, [1-9]/m;

/** What a process of the probe leaves. */
export interface ProbeRun {
  /** Its output, V8's remarks among it. */
  readonly stdout: string;
}

let proven: Promise<void> | undefined;

/**
 * Has V8 make wide vectors from here on, in all threads. Kernels that are compiled already stay as they are, so this
 * comes before the first.
 *
 * @throws CommandError when the kernels have no vectors, or the engine or the processor has none of 256 bits, or the probe does not
 *   end with the bits that it should
 */
export async function widenVectors(kernels: KernelChoice): Promise<void> {
  if (kernels === 'reference') {
    throw refusal('--wide-vectors: expected the strict or the fused kernels, got reference, which has no vectors');
  }
  proven ??= prove(kernels, runProbe);
  await proven;
  setFlagsFromString(flag);
  expectWideVectors(true);
}

/**
 * The proof: wide vectors are made, and the bits are those of narrow ones.
 *
 * @param run a process of the probe with these flags of V8; it rejects when the process fails
 */
export async function prove(
  kernels: KernelChoice,
  run: (kernels: KernelChoice, flags: readonly string[]) => Promise<ProbeRun>,
): Promise<void> {
  const runtime = currentRuntime();
  const here = `${runtimeText(runtime)} on ${process.arch}`;
  if (runtime.name !== 'node') throw refusal(`--wide-vectors: expected Node, got ${here}; leave the option out`);
  const [narrow, wide] = await Promise.allSettled([run(kernels, []), run(kernels, [flag, '--trace-wasm-revectorize'])]);
  if (narrow.status === 'rejected') throw refusal(`--wide-vectors: ${lastLineOf(narrow.reason)}`);
  if (wide.status === 'rejected' && !isUnknownFlag(wide.reason)) {
    throw refusal(
      `--wide-vectors: expected the probe to end, got ${lastLineOf(wide.reason)} from ${here}; leave the option out, and report it`,
    );
  }
  if (wide.status === 'rejected' || !widened.test(wide.value.stdout)) {
    throw refusal(
      `--wide-vectors: expected Node 24 or newer on an x64 processor with AVX2, got ${here}, which makes none; leave the option out`,
    );
  }
  if (checksumOf(wide.value) === checksumOf(narrow.value)) return;
  throw refusal(
    `--wide-vectors: expected the bits of narrow vectors, got others from ${here}; leave the option out, and report it`,
  );
}

/** How a process failed. */
interface Failure {
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly stderr?: string;
}

/** Node's exit code for an option that neither it nor V8 knows. */
function isUnknownFlag({ code }: Failure): boolean {
  return code === 9;
}

/** What the process said last, or how it ended. */
function lastLineOf({ code, signal, stderr = '' }: Failure): string {
  const line = stderr
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^error: /, '');
  return line || String(signal ?? `code ${code}`);
}

/** What a probe prints last. */
function checksumOf({ stdout }: ProbeRun): string {
  const line = /^checksum [0-9a-f]{8}$/m.exec(stdout)?.[0];
  if (line === undefined) throw new Error('the probe of wide vectors printed no checksum');
  return line;
}

/** Its output goes to a file: where a pipe is full, V8 gives up what it has to say. */
async function runProbe(kernels: KernelChoice, flags: readonly string[]): Promise<ProbeRun> {
  const [, command = ''] = process.argv;
  const folder = mkdtempSync(join(tmpdir(), 'longhand-probe-'));
  const file = join(folder, 'output');
  try {
    const output = openSync(file, 'w');
    // Without its first compiler, V8 optimizes every kernel before it runs it for the first time.
    const options = ['--no-liftoff', ...flags, command, probeCommandName, kernels];
    const child = spawn(process.execPath, options, { stdio: ['ignore', output, 'pipe'] });
    closeSync(output);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-2000);
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== 0) throw { code, signal, stderr } satisfies Failure;
    return { stdout: readFileSync(file, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
