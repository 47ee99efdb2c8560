/**
 * The entry point of a worker: it takes one request after another and answers each. Bundled into
 * `worker-code.generated.ts`, so that Node and pages start it from a string and need to find no file.
 */
import { evaluationJob } from './evaluation-job';
import type { AnswerMessage, RequestMessage, RunRequest } from './protocol';
import { type TrainingJob, trainingJob } from './training-job';

/** A worker's message port, with one interface for Node and for pages. */
interface Port {
  postMessage(message: AnswerMessage): void;
  listen(listener: (message: RequestMessage) => void): void;
}

/** The prepared training runs by number. */
const runs = new Map<number, TrainingJob>();

function answer(message: RequestMessage): unknown {
  switch (message.name) {
    case 'train':
      runs.set(message.request.setup.run, trainingJob(message.request.setup, message.request.worker));
      return undefined;
    case 'steps':
      return jobOf(message.request).makeSteps(message.request);
    case 'state':
      return jobOf(message.request).state();
    case 'release':
      runs.delete(message.request.run);
      return undefined;
    case 'evaluate':
      return evaluationJob(message.request.setup, message.request.worker);
  }
}

function jobOf({ run }: RunRequest): TrainingJob {
  const job = runs.get(run);
  if (job === undefined)
    throw new Error(`worker: expected training run ${run} to be under way, got none of this number`);
  return job;
}

function openPort(): Port {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const node = process?.getBuiltinModule?.('node:worker_threads') as typeof import('node:worker_threads') | undefined;
  if (node?.parentPort) {
    const port = node.parentPort;
    return { postMessage: (message) => port.postMessage(message), listen: (listener) => port.on('message', listener) };
  }
  const page = globalThis as typeof globalThis & { postMessage: Port['postMessage']; onmessage: unknown };
  return {
    postMessage: (message) => page.postMessage(message),
    listen(listener) {
      page.onmessage = ({ data }: { data: RequestMessage }) => listener(data);
    },
  };
}

const port = openPort();
port.listen((message) => {
  try {
    port.postMessage({ answer: answer(message) });
  } catch (error) {
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ failure: { name, message: text, stack } });
  }
});
