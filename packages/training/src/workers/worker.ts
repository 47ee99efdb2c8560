/**
 * What runs in a worker: it takes one request after another and answers each. Bundled into `worker-code.generated.ts`,
 * so that Node and pages start it from a text and need to find no file.
 */
import { type EvaluationResult, type EvaluationSetup, evaluationJob } from './evaluation-job';
import {
  type RunRequest,
  type StepsRequest,
  type StepsResult,
  type TrainingJob,
  type TrainingSetup,
  trainingJob,
  type WorkerRank,
} from './training-job';

/** What the main thread asks for; the first rank of each name is answered with the second. */
export interface Requests {
  train: [request: { setup: TrainingSetup; workerRank: WorkerRank }, answer: undefined];
  steps: [request: StepsRequest, answer: StepsResult];
  state: [request: RunRequest, answer: ReturnType<TrainingJob['state']>];
  evaluate: [request: { setup: EvaluationSetup; workerRank: WorkerRank }, answer: EvaluationResult];
  /** The run is over: its memory can go. */
  forget: [request: RunRequest, answer: undefined];
}

export type RequestMessage = {
  [Name in keyof Requests]: { readonly name: Name; readonly request: Requests[Name][0] };
}[keyof Requests];

export type AnswerMessage =
  | { readonly answer: unknown }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack: string | undefined } };

/** How a worker hears and speaks: alike in Node and in a page. */
interface Port {
  postMessage(message: AnswerMessage): void;
  listen(hear: (message: RequestMessage) => void): void;
}

/** The training runs under way, by their numbers. */
const runs = new Map<number, TrainingJob>();

function answer(message: RequestMessage): unknown {
  switch (message.name) {
    case 'train':
      runs.set(message.request.setup.run, trainingJob(message.request.setup, message.request.workerRank));
      return undefined;
    case 'steps':
      return jobOf(message.request).makeSteps(message.request);
    case 'state':
      return jobOf(message.request).state();
    case 'evaluate':
      return evaluationJob(message.request.setup, message.request.workerRank);
    case 'forget':
      runs.delete(message.request.run);
      return undefined;
  }
}

function jobOf({ run }: RunRequest): TrainingJob {
  const job = runs.get(run);
  if (job === undefined)
    throw new Error(`worker: expected training run ${run} to be under way, got none of this number`);
  return job;
}

function portHere(): Port {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const node = process?.getBuiltinModule?.('node:worker_threads') as typeof import('node:worker_threads') | undefined;
  if (node?.parentPort) {
    const port = node.parentPort;
    return { postMessage: (message) => port.postMessage(message), listen: (hear) => port.on('message', hear) };
  }
  const page = globalThis as unknown as { postMessage: Port['postMessage']; onmessage: unknown };
  return {
    postMessage: (message) => page.postMessage(message),
    listen(hear) {
      page.onmessage = ({ data }: { data: RequestMessage }) => hear(data);
    },
  };
}

const port = portHere();
port.listen((message) => {
  try {
    port.postMessage({ answer: answer(message) });
  } catch (error) {
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ failure: { name, message: text, stack } });
  }
});
