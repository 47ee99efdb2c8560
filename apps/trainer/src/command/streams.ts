/** What becomes of a command whose output cannot be written any more. */
import { exitCodes } from './failure';

let outlivesReaders = false;

/** From now on the command goes on when nobody reads its results: what it makes lies in files. */
export function outliveReaders(): void {
  outlivesReaders = true;
}

/** To be called once, before anything is written. */
export function watchStreams(): void {
  // A reader that has seen enough (`longhand … | head`) is no failure; a disk that is full is one.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && outlivesReaders) return;
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`error: the results cannot be written: ${error.message}\n`);
    process.exit(exitCodes.runFailed);
  });
  // Progress that nobody reads any more is no reason to give up what was trained.
  process.stderr.on('error', () => {});
}
