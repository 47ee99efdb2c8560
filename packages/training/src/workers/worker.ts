/**
 * The entry point of a worker: it takes one request after another and answers each. Bundled into
 * `worker-code.generated.ts`, so that Node and pages start it from a string and need to find no file.
 */
import { evaluationObjects, trainingObjects } from './job-objects';
import { withArrays } from './posted-arrays';
import type { AnswerMessage, EvaluationResult, PostedRequest, RequestMessage } from './protocol';
import { RequestHandler } from './request-handler';

/** A worker's message port, with one interface for Node and for pages. */
interface Port {
  postMessage(message: AnswerMessage): void;
  listen(listener: (posted: PostedRequest) => void): void;
}

const handler = new RequestHandler();

async function answer(message: RequestMessage): Promise<unknown> {
  switch (message.name) {
    case 'train': {
      const { setup, objects, worker } = message.request;
      return handler.train(setup, await trainingObjects(objects), worker);
    }
    case 'evaluate': {
      const { setup, objects, worker } = message.request;
      return withoutPause(handler.evaluate(setup, await evaluationObjects(objects), worker));
    }
    case 'steps':
      return handler.steps(message.request);
    case 'state':
      return handler.state(message.request);
    case 'findings':
      return handler.findings(message.request);
    case 'release':
      return handler.release(message.request);
  }
}

function withoutPause(parts: ReturnType<RequestHandler['evaluate']>): EvaluationResult {
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
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
      page.onmessage = ({ data }: { data: PostedRequest }) => listener(data);
    },
  };
}

/** @throws Error when this code was served at a `workerUrl`, but is of another version than the program */
function checkBuild({ build }: PostedRequest): void {
  // The last line of the bundle, see bundle-worker.mjs.
  const { longhandWorkerBuild: own } = globalThis as { longhandWorkerBuild?: string };
  if (build === own) return;
  throw new Error(
    `expected worker.js of the same build as the program, ${build}, got ${own}; copy dist/worker.js of @longhand/training again`,
  );
}

const port = openPort();

async function respond(posted: PostedRequest): Promise<void> {
  try {
    checkBuild(posted);
    port.postMessage({ answer: await answer(withArrays(posted.message)) });
  } catch (error) {
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ failure: { name, message: text, stack } });
  }
}

// One after another: while a module is imported, the next request waits.
let last = Promise.resolve();
port.listen((posted) => {
  last = last.then(() => respond(posted));
});
