/** pnpm, on a machine that may not have it: the one that called us, or the one npm fetches. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { root, runChild } from './child.mjs';

/**
 * Runs pnpm in the workspace's root; gives its exit code.
 *
 * @param {string[]} options
 * @param {{ heard: 'onScreen' | 'onFailure', fetched: boolean, onLine?: (line: string) => void }} how `fetched`: npm has run this
 *   version before and need not ask the registry about it, so that whoever has installed once can go on without a network;
 *   `onLine`: see {@link runChild}
 */
export function runPnpm(options, { fetched, ...how }) {
  const [program, ...first] = pnpm(fetched);
  return runChild(program, [...first, ...options], how);
}

/** The beginning of a command line that runs pnpm. */
function pnpm(fetched) {
  const { npm_execpath: caller = '', npm_config_user_agent: agent = '' } = process.env;
  // Turbo calls pnpm by name, so the caller's own serves only if it has one.
  if (agent.startsWith('pnpm/10.') && isScript(caller) && isOnPath('pnpm')) return [process.execPath, caller];
  return [...npm(caller), 'exec', '--yes', ...(fetched ? ['--prefer-offline'] : []), '--', pinnedPnpm()];
}

/**
 * The beginning of a command line that runs npm, as a script for Node, since Windows cannot start its `npm.cmd` without a shell: the
 * caller or Node's neighbor.
 */
export function npm(caller = process.env.npm_execpath ?? '') {
  const folder = dirname(process.execPath);
  const scripts = [
    basename(caller) === 'npm-cli.js' ? caller : '',
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
  ];
  const script = scripts.find(isScript);
  return script === undefined ? ['npm'] : [process.execPath, script];
}

/** `pnpm@10.34.9`, from `packageManager` in package.json, which carries a checksum behind a plus. */
function pinnedPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return packageManager.replace(/\+.*/, '');
}

function isScript(path) {
  return /\.c?js$/.test(path) && existsSync(path);
}

function isOnPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => ['', '.cmd', '.exe'].some((ending) => existsSync(join(folder, name + ending))));
}
