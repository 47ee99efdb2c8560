/** The workers of one command: started before they are needed, ended with it, and at once when the user interrupts. */
import { Engine, type KernelChoice } from '@longhand/training';
import { CommandError, exitCodes } from './failure';

/** Which workers a command asks for. */
export interface EngineSettings {
  readonly threads?: number;
  readonly kernels: KernelChoice;
}

/** How a command hears of Ctrl-C. */
export interface Interruption {
  readonly requested: boolean;
  /** From now on Ctrl-C lets the work finish what it is at: it looks at `requested` and ends by itself. */
  finishFirst(): void;
  /** From now on Ctrl-C stops the workers at once, as in the beginning. */
  stopAtOnce(): void;
}

/**
 * Gives the workers to `work`, and ends them when it is done, has failed, or is interrupted. A second Ctrl-C never waits.
 *
 * @param interrupted what to say when the user presses Ctrl-C meanwhile
 * @throws CommandError when interrupted, and whatever the work throws
 */
export async function withEngine<Result>(
  { threads, kernels }: EngineSettings,
  interrupted: () => string,
  work: (engine: Engine, interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  const engine = new Engine({ kernels, ...(threads === undefined ? {} : { threads }) });
  let requested = false;
  let finishing = false;
  const interrupt = (): void => {
    if (requested) process.exit(exitCodes.interrupted);
    requested = true;
    // The questions that are under way fail by this, and with them the work.
    if (!finishing) void engine.end();
  };
  process.on('SIGINT', interrupt);
  const interruption: Interruption = {
    get requested() {
      return requested;
    },
    finishFirst: () => {
      finishing = true;
    },
    stopAtOnce: () => {
      finishing = false;
    },
  };
  try {
    return await work(engine, interruption);
  } catch (error) {
    throw requested && !(error instanceof CommandError)
      ? new CommandError(exitCodes.interrupted, interrupted())
      : error;
  } finally {
    process.off('SIGINT', interrupt);
    await engine.end();
  }
}
