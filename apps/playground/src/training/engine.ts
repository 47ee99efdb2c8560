/** The workers of the page, which training and evaluation share. */
import { Engine } from '@longhand/training';

let engine: Engine | undefined;

/** They start with the first request, or earlier by `warmUp`. */
export function pageEngine(): Engine {
  // The policy of the page forbids workers from texts.
  engine ??= new Engine({ workerUrl: new URL('worker.js', document.baseURI) });
  return engine;
}
