/** Programs for tests, where the machine has them. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program that a variable of the environment names, or the first of the names on the PATH; undefined where there is none. */
export function programOf(variable: string, names: readonly string[]): string | undefined {
  const named = process.env[variable];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...(named ? [named] : []), ...folders.flatMap((folder) => names.map((name) => join(folder, name)))].find(
    isProgram,
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Python with torch, numpy, safetensors, onnx, onnxruntime and perhaps tensorboard, where `LONGHAND_PYTHON` says. */
export const python = process.env.LONGHAND_PYTHON === undefined ? undefined : programOf('LONGHAND_PYTHON', []);

/** A browser for tests of pages. */
export const chromium = programOf('LONGHAND_CHROMIUM', ['chromium', 'chromium-browser', 'google-chrome']);

/** A runtime that commands are tested in, beside the Node that runs the tests. */
export interface TestedRuntime {
  readonly title: string;
  /** The program, and what comes before the command's file; undefined where there is none. */
  readonly call: readonly [program: string, ...options: string[]] | undefined;
}

const called = (variable: string, names: readonly string[], options: readonly string[] = []): TestedRuntime['call'] => {
  const program = programOf(variable, names);
  return program === undefined ? undefined : [program, ...options];
};

/** Bun and Deno are looked for on the PATH, and like other versions of Node where variables say. All of them come from npm. */
export const testedRuntimes: readonly TestedRuntime[] = [
  { title: 'Bun', call: called('LONGHAND_BUN', ['bun']) },
  { title: 'Deno', call: called('LONGHAND_DENO', ['deno'], ['run', '--allow-all']) },
  ...['20', '22', '24', '26'].map((major) => ({
    title: `Node ${major}`,
    call: called(`LONGHAND_NODE_${major}`, [`node${major}`]),
  })),
];
