/** One worker thread, with one interface for Node's `worker_threads` and for a page's `Worker`. */
import { OptionError } from '@longhand/tensor';
import { withBuffers } from './posted-arrays';
import type { AnswerMessage } from './protocol';
import { workerBuild, workerCode } from './worker-code.generated';

export interface WorkerThread {
  post(message: unknown): void;
  /** Ends the thread at once; resolves with whether it is certain that it has ended. */
  terminate(): Promise<boolean>;
}

export interface WorkerListener {
  onAnswer(message: AnswerMessage): void;
  /** The thread ended or failed outside of a request. */
  onFailure(reason: string): void;
}

/** Which worker to start. */
export interface WorkerStart {
  /** From 1; it becomes part of the worker's name. */
  readonly number: number;
  /** Where the worker's code is. Default: in this program. */
  readonly url: string | URL | undefined;
}

export function startWorker(start: WorkerStart, listener: WorkerListener): WorkerThread {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const node = process?.getBuiltinModule?.('node:worker_threads') as typeof import('node:worker_threads') | undefined;
  return node === undefined ? startPageWorker(start, listener) : startNodeWorker(node, start, listener);
}

function startNodeWorker(
  { Worker }: typeof import('node:worker_threads'),
  { number, url }: WorkerStart,
  { onAnswer, onFailure }: WorkerListener,
): WorkerThread {
  const options = { name: `longhand ${number}`, execArgv: [] };
  const worker =
    url === undefined ? new Worker(workerCode, { ...options, eval: true }) : new Worker(absolute(url), options);
  let terminating = false;
  let unanswered = 0;
  // An idle worker does not keep the program from ending.
  worker.unref();
  worker.on('message', (message: AnswerMessage) => {
    // A worker that is being terminated does, until it has ended.
    if (--unanswered === 0 && !terminating) worker.unref();
    onAnswer(message);
  });
  worker.on('messageerror', (error) => onFailure(`a message could not be read: ${error.message}`));
  worker.on('error', (error) => onFailure(error.message));
  worker.on('exit', (code) => {
    if (!terminating) onFailure(`ended with exit code ${code}`);
  });
  return {
    post(message) {
      postArrays(worker, message);
      unanswered++;
      worker.ref();
    },
    async terminate() {
      terminating = true;
      await worker.terminate();
      return true;
    },
  };
}

/** @throws OptionError when it is no URL: in Node there is no page that it could be relative to */
function absolute(url: string | URL): URL {
  try {
    return new URL(url);
  } catch {
    throw new OptionError(`engine: expected a URL as workerUrl, got '${url}'; give new URL('${url}', import.meta.url)`);
  }
}

/** Posts a message with the build that it is for. Buffers that were made for it go to the worker without another copy. */
function postArrays(worker: { postMessage(message: unknown, transfer: ArrayBuffer[]): void }, message: unknown): void {
  const posted = withBuffers({ build: workerBuild, message });
  worker.postMessage(posted.message, [...posted.cut]);
}

interface PageWorker {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): void;
  onmessage: (event: { data: AnswerMessage }) => void;
  onerror: (event: { message?: string }) => void;
}

function startPageWorker({ number, url }: WorkerStart, { onAnswer, onFailure }: WorkerListener): WorkerThread {
  const { Worker, Blob, URL } = globalThis as typeof globalThis & {
    Worker: new (url: string, options: { name: string; type?: 'module' }) => PageWorker;
    Blob: new (parts: string[], options: { type: string }) => never;
    URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void };
  };
  const address = url ?? URL.createObjectURL(new Blob([workerCode], { type: 'text/javascript' }));
  // The file runs as a module too. As one it may have an import before it, such as a development server adds to what imports modules.
  const worker = new Worker(String(address), {
    name: `longhand ${number}`,
    ...(url !== undefined && { type: 'module' }),
  });
  worker.onmessage = ({ data }) => onAnswer(data);
  // A worker that could not be loaded has no message.
  worker.onerror = ({ message }) => onFailure(message || notLoaded(url));
  return {
    post: (message) => postArrays(worker, message),
    async terminate() {
      worker.terminate();
      if (url === undefined) URL.revokeObjectURL(String(address));
      // A page does not say when the thread is gone.
      return false;
    },
  };
}

function notLoaded(url: string | URL | undefined): string {
  return url === undefined
    ? "expected to be started from a blob, got a refusal, as of a content security policy without 'worker-src blob:'; add that, or serve @longhand/training/worker.js and give its URL as workerUrl"
    : `expected @longhand/training/worker.js at workerUrl ${url}, got nothing that may be started; is it served there, with the page's Cross-Origin-Embedder-Policy, and allowed by its content security policy (worker-src)?`;
}
