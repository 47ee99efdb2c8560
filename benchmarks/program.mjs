/** One program under measurement: started, ready, asked for one figure at a time, ended. */
import { spawn } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Starts a program that speaks the protocol and waits until it is ready.
 *
 * @param {readonly string[]} command The program and its arguments.
 * @param {Record<string, string>} [environment] Variables that it sees besides those of this program.
 * @returns {Promise<{ known: object, ask(phase: string): Promise<object>, end(): Promise<void> }>} `known` is what came
 *   with `ready`, if anything did.
 * @throws Error when the program ends before it is ready or before it has answered
 */
export async function startProgram(command, environment = {}) {
  const [program, ...options] = command;
  const child = spawn(program, options, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const ended = endOf(child);
  ended.catch(() => {}); // nextLine reports it.
  child.stdin.on('error', () => {}); // A program that has left reads no more.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  /** The next line that the protocol knows; a library's greetings are passed over. */
  async function nextLine(pattern) {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${command.join(' ')}: ${await ended}`);
      const [, found] = pattern.exec(value) ?? [];
      if (found !== undefined) return found;
    }
  }

  const known = await nextLine(/^ready\s*(.*)$/);
  return {
    known: known === '' ? {} : JSON.parse(known),
    async ask(phase) {
      child.stdin.write(`${phase}\n`);
      return JSON.parse(await nextLine(/^(\{.*)$/));
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Runs a program in a folder to its end. Gives its output, and the seconds from its start to its end. */
export async function runWhole(command, folder, environment = {}) {
  const [named, ...options] = command;
  // A path means the folder that it was typed in.
  const program = basename(named) === named ? named : resolve(named);
  const started = performance.now();
  const child = spawn(program, options, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const end = await endOf(child);
  const seconds = (performance.now() - started) / 1000;
  if (child.exitCode !== 0) throw new Error(`${command.join(' ')}: ${end}`);
  return { output, seconds };
}

/** How a process ended, in words: its last lines on stderr say why it failed. */
function endOf(child) {
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}\n${complaints}`));
  });
}
