/**
 * One child process: started without a shell, so that options need no quoting and Windows no special care, and waited
 * for. The child decides what an interruption means; we stay until it has left and report its exit code.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The workspace's root folder, where children run unless told otherwise. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Nobody is told about what runs here, and nothing looks for newer versions of itself. */
const silence = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };

/** Who hears a child: everyone; the screen, with stdout left alone; nobody unless it fails; who collects. Only the first may be asked. */
const stdio = {
  always: 'inherit',
  onScreen: ['ignore', 2, 2],
  onFailure: ['ignore', 'pipe', 'pipe'],
  collected: ['ignore', 'pipe', 'pipe'],
};

/**
 * Runs a program to its end and gives its exit code, 128 + n if signal n ended it, 127 if there is no such program.
 *
 * @param {string} program
 * @param {string[]} options
 * @param {{
 *   cwd?: string,
 *   heard?: keyof typeof stdio,
 *   environment?: Record<string, string>,
 *   onLine?: (line: string) => void,
 *   output?: Buffer[],
 *   stop?: AbortSignal,
 * }} [how] `onLine`: called for each line of its stdout, unless that is everyone's or the screen's; `output`: where what it says is
 *   collected; `stop`: ends it
 * @returns {Promise<number>}
 */
export function runChild(
  program,
  options,
  { cwd = root, heard = 'always', environment = {}, onLine, output = [], stop } = {},
) {
  return new Promise((resolve) => {
    const child = spawn(program, options, {
      cwd,
      stdio: stdio[heard],
      env: { ...process.env, ...silence, ...environment },
    });

    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    if (onLine !== undefined && child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);

    // A terminal's Ctrl-C reaches the child by itself: forwarding it as well would make it two.
    const stay = () => {};
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', stay).on('SIGTERM', forward);
    stop?.addEventListener('abort', () => child.kill());

    const leave = (code) => {
      process.off('SIGINT', stay).off('SIGTERM', forward);
      if (code !== 0 && heard === 'onFailure') process.stderr.write(Buffer.concat(output));
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(`${program}: could not be started: ${error.message}`);
      leave(127);
    });
    child.on('close', (code, signal) => leave(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs one of the workspace's own scripts with the Node that runs this. */
export function runNode(script, options, how) {
  return runChild(process.execPath, [join(root, script), ...options], how);
}
