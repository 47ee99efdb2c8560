/**
 * How the command ends when something is wrong: one line on stderr that says what to do, and an exit code for scripts.
 *
 *   0  done    1  the run failed    2  the command was used wrongly    3  data or model cannot be used    130  interrupted
 */
import { quoted } from '@longhand/rendering';
import { printable } from '@longhand/schema';

export const exitCodes = { runFailed: 1, usage: 2, data: 3, interrupted: 130 } as const;

/** A failure of the command itself, with its exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A command that was used wrongly. */
export function refusal(message: string): CommandError {
  return new CommandError(exitCodes.usage, message);
}

/** A file, data or a model that cannot be used. */
export function unusable(message: string): CommandError {
  return new CommandError(exitCodes.data, message);
}

/** The errors of the packages by name: names survive bundling, and checking them loads no package. */
const codeOfError: Readonly<Record<string, number>> = {
  DatasetError: exitCodes.data,
  FormatError: exitCodes.data,
  ModelError: exitCodes.data,
  CheckpointError: exitCodes.data,
  ShapeError: exitCodes.data,
  DescriptionError: exitCodes.data,
  ModuleError: exitCodes.data,
  OptionError: exitCodes.usage,
  UnsupportedKernelsError: exitCodes.usage,
  DivergenceError: exitCodes.runFailed,
  WorkerError: exitCodes.runFailed,
};

/** The exit code that an error asks for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof Error ? (codeOfError[error.name] ?? exitCodes.runFailed) : exitCodes.runFailed;
}

let foreignCodeRuns = false;

/** From now on, an unexpected error may be that of code of the user's own. */
export function expectForeignFailures(): void {
  foreignCodeRuns = true;
}

/** More of a message is not read: files may put megabytes into one. */
const longestLine = 1000;

/** Says something on standard error: one line, whatever words of files and arguments are in it. */
export function sayLine(text: string): void {
  process.stderr.write(lineOf(text));
}

/** A text as a line that a terminal can be given: line breaks are spaces, and other control characters are made visible. */
export function lineOf(text: string): string {
  return `${printable(text.trim().replace(/\s*\n\s*/g, ' '), longestLine)}\n`;
}

/** The name of a class, a layer or a run, which may come from a file: without what would move the cursor, and no longer than half a line. */
export function shownName(name: string): string {
  return printable(name, 40);
}

/** The message of an error, on one line. An unexpected error keeps its stack for the bug report. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof CommandError || error.name in codeOfError || 'syscall' in error;
  const message = expected ? error.message : refusedBySystem(error);
  const what = foreignCodeRuns
    ? 'unexpected failure, perhaps of your own code'
    : 'unexpected failure, please report it';
  return message ?? `${what}: ${error.stack ?? error.message}`;
}

/** What to say where the process has no more memory, or lacks a right. */
function refusedBySystem(error: Error & { readonly code?: unknown }): string | undefined {
  const { name, message, code } = error;
  // Of Node's permission model, which says for itself in later versions what it takes.
  if (code === 'ERR_ACCESS_DENIED') {
    const { permission, resource } = error as { permission?: string; resource?: string };
    const what = [permission, resource].filter(Boolean).join(' of ');
    return `expected to be allowed ${what || 'what it needs'}, got a refusal of Node's permission model; start it with --allow-fs-read, --allow-fs-write and --allow-worker`;
  }
  // Deno's, which names the flag.
  if (name === 'NotCapable') return message;
  if (!(error instanceof RangeError) || !/allocation failed|allocate memory|out of memory/i.test(message)) return;
  return `expected more memory, got a refusal of the system: ${message}; raise the limit of the process (ulimit -v), or use fewer threads`;
}

/**
 * A command of longhand with its arguments, quoted where a shell needs it.
 *
 * @example commandLine('evaluate', 'my model.safetensors') // longhand evaluate 'my model.safetensors'
 */
export function commandLine(...words: readonly string[]): string {
  return [calledAs(), ...words.map(quoted)].join(' ');
}

/** What was typed for `longhand`. npx leaves none on the path, so that the next command needs it again. */
export function calledAs(): string {
  const { LONGHAND_COMMAND: named, npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = process.env;
  if (named) return named;
  return event === 'npx' && /^['"]?longhand(?![\w-])/.test(script) ? 'npx longhand' : 'longhand';
}

let ignoresClosedOutput = false;

/** From now on, a closed standard output does not end the command: its results are in files. */
export function ignoreClosedOutput(): void {
  ignoresClosedOutput = true;
}

/** To be called once, before anything is written. */
export function watchStreams(): void {
  // A reader that has seen enough (`longhand … | head`) is no failure; a disk that is full is one.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && ignoresClosedOutput) return;
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`error: the results cannot be written: ${error.message}\n`);
    process.exit(exitCodes.runFailed);
  });
  // Progress that nobody reads is no reason to stop training.
  process.stderr.on('error', () => {});
}
