/**
 * The proof that `--wide-vectors` asks for. Where nobody has tried the engine, two other processes train small networks, one with wide
 * vectors and one without, and have to end with the same bits. Nothing of this process is at risk until then. In an engine that is proven
 * it is enough that V8 makes any here, which depends on the processor.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KernelChoice } from '@longhand/training';
import { refusal } from './failure';
import { compilerOptions, isProvenEngine, probeCommandName, wideFlag } from './proven-engines';
import { currentRuntime, runtimeText } from './runtime';

/** Has V8 say what it does. */
const tracedFlags = [wideFlag, '--trace-wasm-revectorize'];

/** What V8 says, when it is asked to, of a function that it makes wide. */
const widened = /^Revec: .*Decided? to vectorize, [1-9]/m;

/** What a process of the proof leaves. */
export interface ProbeRun {
  /** Its output, V8's remarks among it. */
  readonly stdout: string;
}

/** Kernels that a process trains networks with, or the one layer that shows whether V8 makes wide vectors at all. */
export type ProbeWork = KernelChoice | 'layer';

let proof: Promise<void> | undefined;

/** @throws CommandError when the engine or the processor has no vectors of 256 bits, or the proof does not end with the bits that it should */
export function proveWideVectors(kernels: KernelChoice): Promise<void> {
  proof ??= isProvenEngine() ? checkProcessor() : prove(kernels, runProbe);
  return proof;
}

let made: Promise<boolean> | undefined;

/** Whether V8 makes wide vectors on this processor when its flag is set. */
export function makesWideVectors(): Promise<boolean> {
  made ??= runProbe('layer', tracedFlags).then(
    ({ stdout }) => widened.test(stdout),
    () => false,
  );
  return made;
}

async function checkProcessor(): Promise<void> {
  if (!(await makesWideVectors())) throw madeNone();
}

const here = (): string => `${runtimeText(currentRuntime())} on ${process.arch}`;

const madeNone = () =>
  refusal(
    `--wide-vectors: expected Node 24 or newer on an x64 processor with AVX2, got ${here()}, which makes none; leave the option out`,
  );

/**
 * The proof: wide vectors are made, and the bits are those of narrow ones.
 *
 * @param run a process of the probe with these flags of V8; it rejects when the process fails
 */
export async function prove(
  kernels: KernelChoice,
  run: (kernels: KernelChoice, flags: readonly string[]) => Promise<ProbeRun>,
): Promise<void> {
  if (currentRuntime().name !== 'node') {
    throw refusal(`--wide-vectors: expected Node, got ${here()}; leave the option out`);
  }
  const [narrow, wide] = await Promise.allSettled([run(kernels, []), run(kernels, tracedFlags)]);
  if (narrow.status === 'rejected') throw refusal(`--wide-vectors: ${lastLineOf(narrow.reason)}`);
  if (wide.status === 'rejected' && !isUnknownFlag(wide.reason)) {
    throw refusal(
      `--wide-vectors: expected the probe to end, got ${lastLineOf(wide.reason)} from ${here()}; leave the option out, and report it`,
    );
  }
  if (wide.status === 'rejected' || !widened.test(wide.value.stdout)) throw madeNone();
  if (checksumOf(wide.value) === checksumOf(narrow.value)) return;
  throw refusal(
    `--wide-vectors: expected the bits of narrow vectors, got others from ${here()}; leave the option out, and report it`,
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
async function runProbe(work: ProbeWork, flags: readonly string[]): Promise<ProbeRun> {
  const [, command = ''] = process.argv;
  const folder = mkdtempSync(join(tmpdir(), 'longhand-probe-'));
  const file = join(folder, 'output');
  try {
    const output = openSync(file, 'w');
    // Without its first compiler, V8 optimizes every kernel before it runs it for the first time.
    const options = [...compilerOptions(), '--no-liftoff', ...flags, command, probeCommandName, work];
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
