/** The page of the tests: the program, what its objects say on their channel, and how much is posted to workers. */
/// <reference lib="dom" />
import { type ProgramOptions, type ProgramResult, runProgram } from './training-program';

export interface PageResult {
  readonly result?: ProgramResult;
  /** The name and message of what was thrown. */
  readonly error?: string;
  /** What the objects said, counted. */
  readonly calls: Readonly<Record<string, number>>;
  /** The bytes of all buffers that were posted to workers, but for shared ones. */
  readonly postedBytes: number;
}

const calls: Record<string, number> = {};
let heard = 0;
let postedBytes = 0;

new BroadcastChannel('log').onmessage = ({ data }: MessageEvent<string>) => {
  calls[data] = (calls[data] ?? 0) + 1;
  heard++;
};

const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function counted(message: unknown, transfer?: unknown) {
  const seen = new Set<unknown>();
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof ArrayBuffer) postedBytes += value.byteLength;
    else if (ArrayBuffer.isView(value)) count(value.buffer);
    else if ([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)))
      Object.values(value).forEach(count);
  };
  count(message);
  return Reflect.apply(postMessage, this, [message, transfer]);
};

const tick = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param expectedCalls how many to wait for: messages of workers come when they come */
async function runInPage(options: ProgramOptions, expectedCalls: number): Promise<PageResult> {
  try {
    const result = await runProgram(options);
    for (let waited = 0; heard < expectedCalls && waited < 20_000; waited += 20) await tick(20);
    await tick(100);
    return { result, calls, postedBytes };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: `${name}: ${message}`, calls, postedBytes };
  }
}

Object.assign(globalThis, { runInPage });
