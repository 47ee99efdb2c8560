/** Work for several engines at once. */
import type { Engine } from '@longhand/training';

/**
 * Each engine takes the next task when it is done with one. The first failure is thrown when all are still; no further task begins
 * then.
 */
export async function inParallel<Task>(
  tasks: readonly Task[],
  engines: readonly Engine[],
  work: (task: Task, engine: Engine) => Promise<void>,
): Promise<void> {
  const queue = [...tasks];
  const outcomes = await Promise.allSettled(
    engines.map(async (engine) => {
      try {
        for (let task = queue.shift(); task !== undefined; task = queue.shift()) await work(task, engine);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
