/** One worker thread, with one interface for Node's `worker_threads` and for a page's `Worker`. */
import type { AnswerMessage } from './protocol';
import { workerCode } from './worker-code.generated';

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

/** Starts a worker; `number`, from 1, becomes part of its name. */
export function startWorker(number: number, listener: WorkerListener): WorkerThread {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const node = process?.getBuiltinModule?.('node:worker_threads') as typeof import('node:worker_threads') | undefined;
  return node === undefined ? startPageWorker(listener) : startNodeWorker(node, number, listener);
}

function startNodeWorker(
  { Worker }: typeof import('node:worker_threads'),
  number: number,
  { onAnswer, onFailure }: WorkerListener,
): WorkerThread {
  const worker = new Worker(workerCode, { eval: true, name: `longhand ${number}`, execArgv: [] });
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
      worker.postMessage(message);
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

interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: (event: { data: AnswerMessage }) => void;
  onerror: (event: { message: string }) => void;
}

function startPageWorker({ onAnswer, onFailure }: WorkerListener): WorkerThread {
  const { Worker, Blob, URL } = globalThis as typeof globalThis & {
    Worker: new (url: string) => PageWorker;
    Blob: new (parts: string[], options: { type: string }) => never;
    URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void };
  };
  const url = URL.createObjectURL(new Blob([workerCode], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => onAnswer(data);
  worker.onerror = ({ message }) => onFailure(message);
  return {
    post: (message) => worker.postMessage(message),
    async terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
      // A page does not say when the thread is gone.
      return false;
    },
  };
}
