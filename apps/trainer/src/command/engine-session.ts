/** The workers of one command: started before they are needed, ended with it, and at once when the user interrupts. */
import { Engine, type KernelChoice } from '@longhand/training';
import { CommandError, exitCodes } from './failure';

/** Which workers a command asks for. */
export interface EngineSettings {
  readonly threads?: number;
  readonly kernels: KernelChoice;
}

/**
 * Gives the workers to `work`, and ends them when it is done, has failed, or is interrupted.
 *
 * @param interrupted what to say when the user presses Ctrl-C meanwhile
 * @throws CommandError when interrupted, and whatever the work throws
 */
export async function withEngine<Result>(
  { threads, kernels }: EngineSettings,
  interrupted: () => string,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = new Engine({ kernels, ...(threads === undefined ? {} : { threads }) });
  let stopping = false;
  const interrupt = (): void => {
    // A second Ctrl-C does not wait for anything.
    if (stopping) process.exit(exitCodes.interrupted);
    stopping = true;
    // The questions that are under way fail by this, and with them the work.
    void engine.end();
  };
  process.on('SIGINT', interrupt);
  try {
    return await work(engine);
  } catch (error) {
    throw stopping ? new CommandError(exitCodes.interrupted, interrupted()) : error;
  } finally {
    process.off('SIGINT', interrupt);
    await engine.end();
  }
}
