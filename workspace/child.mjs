/**
 * One child process: started without a shell, so that options need no quoting and Windows no special care, and waited
 * for. The child decides what an interruption means; we stay until it has left and report its exit code.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root folder, where children run unless told otherwise. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a program to its end and gives its exit code, 128 + n if signal n ended it, 127 if there is no such program.
 *
 * @param {string} program
 * @param {string[]} options
 * @param {{ cwd?: string, quiet?: boolean, environment?: Record<string, string> }} [where] A quiet child cannot ask anything and is heard, on stderr, only if
 *   it fails.
 * @returns {Promise<number>}
 */
export function runChild(program, options, { cwd = root, quiet = false, environment = {} } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit';
    const child = spawn(program, options, { cwd, stdio, env: { ...process.env, ...silence, ...environment } });

    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));

    // A terminal's Ctrl-C reaches the child by itself: forwarding it as well would make it two.
    const stay = () => {};
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', stay).on('SIGTERM', forward);

    const leave = (code) => {
      process.off('SIGINT', stay).off('SIGTERM', forward);
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(output));
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
export function runNode(script, options, where) {
  return runChild(process.execPath, [join(root, script), ...options], where);
}

/** Nobody is told about what runs here, and nothing looks for newer versions of itself. */
const silence = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };
