/** Engines for tests that make many runs: to start a worker takes longer than what most of these compute. */
import { picked } from '@longhand/schema';
import { afterAll } from 'vitest';
import { Engine, type EngineOptions, engineEntries } from '../src/workers/engine';

/**
 * Gives runs the engine of their options, as many threads with those kernels and that memory, in place of one of their own: one for all
 * runs of the file that ask for the same. They end with the file. An engine that options have stays.
 */
export function sharedEngines(): <Options extends EngineOptions & { readonly engine?: Engine }>(
  options: Options,
) => Options {
  const engines = new Map<string, Engine>();
  afterAll(() => Promise.all([...engines.values()].map((engine) => engine.end())));
  return (options) => {
    if (options.engine !== undefined) return options;
    const asked: EngineOptions = picked(engineEntries, options as EngineOptions);
    const key = JSON.stringify(asked);
    const engine = engines.get(key) ?? new Engine(asked);
    engines.set(key, engine);
    const others = Object.entries(options).filter(([name]) => !Object.hasOwn(engineEntries, name));
    return { ...Object.fromEntries(others), engine } as typeof options;
  };
}
