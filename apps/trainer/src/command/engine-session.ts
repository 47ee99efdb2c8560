/** The workers of one command: they end with it, and at once when the user interrupts. */
import { coreCount, Engine, type KernelChoice } from '@longhand/training';
import { CommandError, exitCodes } from './failure';
import { chooseVectors } from './wide-vectors';

/** Which workers a command asks for. */
export interface EngineSettings {
  readonly threads?: number;
  readonly kernels: KernelChoice;
  /** Vectors of 256 bits. Default: in engines where they are proven. */
  readonly wideVectors?: boolean | undefined;
}

/** What asks a command to end: Ctrl-C, a machine or container that shuts down, a terminal that is closed. */
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a command hears of Ctrl-C, and of whatever else asks it to end. */
export interface Interruption {
  /** Aborted when the command is asked to end. */
  readonly signal: AbortSignal;
  /** From now on the work ends by itself, by the signal. */
  finishFirst(): void;
  /** From now on it stops the workers at once, as in the beginning. */
  stopAtOnce(): void;
}

/**
 * Gives the workers to `work`, and ends them when it is done, has failed, or is interrupted. A second Ctrl-C never waits.
 *
 * @param interrupted what to say when it is interrupted meanwhile
 * @throws CommandError when interrupted, and whatever the work throws
 */
export async function withEngine<Result>(
  { threads, kernels, wideVectors }: EngineSettings,
  interrupted: () => string,
  work: (engine: Engine, interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  await chooseVectors(kernels, wideVectors);
  const engine = new Engine({ kernels, ...(threads === undefined ? {} : { threads }) });
  return session([engine], interrupted, (interruption) => work(engine, interruption));
}

/**
 * The same with an engine of one worker for each thread, for work that has many parts: they need not wait for each other.
 *
 * @throws CommandError when interrupted, and whatever the work throws
 */
export async function withEngines<Result>(
  { threads = coreCount(), kernels, wideVectors }: EngineSettings,
  interrupted: () => string,
  work: (engines: readonly Engine[], interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  await chooseVectors(kernels, wideVectors);
  const engines = Array.from({ length: threads }, () => new Engine({ kernels, threads: 1 }));
  return session(engines, interrupted, (interruption) => work(engines, interruption));
}

async function session<Result>(
  engines: readonly Engine[],
  interrupted: () => string,
  work: (interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  const endAll = async (): Promise<void> => {
    await Promise.all(engines.map((engine) => engine.end()));
  };
  const controller = new AbortController();
  const { signal: requested } = controller;
  let finishing = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    // Only a person means something by asking again: the other signals often come twice, to a process and to its group.
    if (requested.aborted && signal === 'SIGINT') process.exit(exitCodes.interrupted);
    if (requested.aborted) return;
    controller.abort();
    // Where the terminal is closed, Node aborts when it restores it at exit; ending by the signal itself avoids that.
    if (signal === 'SIGHUP') process.once('exit', () => process.kill(process.pid, signal));
    // The questions that are under way fail by this, and with them the work.
    if (!finishing) void endAll();
  };
  for (const signal of interruptions) process.on(signal, interrupt);
  const interruption: Interruption = {
    signal: requested,
    finishFirst: () => {
      finishing = true;
    },
    stopAtOnce: () => {
      finishing = false;
      if (requested.aborted) void endAll();
    },
  };
  try {
    return await work(interruption);
  } catch (error) {
    throw requested.aborted && !(error instanceof CommandError)
      ? new CommandError(exitCodes.interrupted, interrupted())
      : error;
  } finally {
    // First the workers: until the work is over, nothing may end the process but `interrupt`.
    await endAll();
    for (const signal of interruptions) process.off(signal, interrupt);
  }
}
