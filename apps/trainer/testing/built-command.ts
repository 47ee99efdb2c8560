/** The built command, in a process of its own: for tests of what a process is. The others call it in their own, which is quicker. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folder } from './test-folder';

export const command = fileURLToPath(new URL('../dist/longhand.js', import.meta.url));
if (!existsSync(command)) throw new Error('expected the command to be built: run npm test, or npm run build first');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function longhand(...options: string[]): Ended {
  const env = { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...options], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

/** Runs a shell's command line in which `$LONGHAND` is the command. */
export function shell(line: string): Ended {
  const env = { ...process.env, NO_COLOR: '1', LONGHAND: `"${process.execPath}" "${command}"` };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line.replaceAll('$LONGHAND', env.LONGHAND)], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}
