/** The values of a docstring's example, compared with the comments behind them: this runs where the example runs. */
import { format, inspect } from 'node:util';
import type { Layer } from '../packages/layers/src/index';

interface Result {
  readonly value?: unknown;
  readonly error?: Error;
}

/** How a result differs from its comment; undefined if it does not. */
export function difference(comment: string, result: Result): string | undefined {
  const expected = [comment, comment.replace(/ \([^()]*\)$/, '')];
  const got = shownResult(comment, result);
  const isSame = expected.some((text) => matching(text).test(got));
  return isSame ? undefined : `expected ${expected.at(-1)}, got ${got}`;
}

function shownResult(comment: string, { value, error }: Result): string {
  if (error !== undefined) return `throws: ${error.message}`;
  const [, input] = /^(\[[\d, ]+\]) → \[/.exec(comment) ?? [];
  if (input !== undefined) {
    const shape = JSON.parse(input) as number[];
    return `${input} → [${(value as Layer).outputShape('example', shape).join(', ')}]`;
  }
  return inspect(plain(value), { breakLength: Infinity, compact: true, depth: Infinity, maxArrayLength: null });
}

/** Typed arrays as the lists that they are. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return value;
}

function matching(text: string): RegExp {
  return new RegExp(
    `^${text
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
}

type Report = (comment: string, evaluate: () => Promise<unknown>) => Promise<void>;

/** Runs examples one after another, and prints what each printed and how its values differ, as JSON. */
export async function runExamples(examples: readonly ((report: Report) => Promise<void>)[]): Promise<void> {
  const write = console.log;
  const runs: { printed: string; faults: string[] }[] = [];
  for (const example of examples) {
    const run = { printed: '', faults: [] as string[] };
    console.log = (...values: unknown[]) => {
      run.printed += `${format(...values)}\n`;
    };
    const report: Report = async (comment, evaluate) => {
      const result = await evaluate().then(
        (value) => ({ value }),
        (error: Error) => ({ error }),
      );
      const fault = difference(comment, result);
      if (fault !== undefined) run.faults.push(fault);
    };
    await example(report).catch((error: Error) => run.faults.push(`throws: ${error.message}`));
    runs.push(run);
  }
  write(`\n${JSON.stringify(runs)}`);
}
