/** The workers that are started during a test, in Node. */
import type { Worker } from 'node:worker_threads';
import { vi } from 'vitest';

const started: Worker[] = [];
const getBuiltinModule = process.getBuiltinModule;

/** Records every worker from now on. */
export function watchWorkers(): void {
  started.splice(0);
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) => {
    const module = getBuiltinModule(name);
    if (name !== 'node:worker_threads') return module;
    const threads = module as typeof import('node:worker_threads');
    class Watched extends threads.Worker {
      constructor(...options: ConstructorParameters<typeof Worker>) {
        super(...options);
        started.push(this);
      }
    }
    return { ...threads, Worker: Watched };
  }) as typeof getBuiltinModule);
}

/** Those that were started, dead or alive. */
export function startedWorkers(): readonly Worker[] {
  return started;
}

/** Those that have a thread: a worker that has ended has none. */
export function livingWorkers(): readonly Worker[] {
  return started.filter(({ threadId }) => threadId !== -1);
}

/** To be called after each test. */
export function unwatchWorkers(): void {
  vi.restoreAllMocks();
  started.splice(0);
}
