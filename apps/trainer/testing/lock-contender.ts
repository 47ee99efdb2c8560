/** A process that takes the lock of a run again and again, for the test of the lock: `node lock-contender.js LOCK ROUNDS`. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { acquireLock, releaseLock } from '../src/run/run-lock';

const [file, rounds] = process.argv.slice(2);
const inside = join(dirname(file), 'inside');
let taken = 0;
for (let round = 0; round < Number(rounds); round++) {
  try {
    acquireLock(file);
  } catch {
    continue;
  }
  taken++;
  // Fails where another process is inside.
  writeFileSync(inside, '', { flag: 'wx' });
  rmSync(inside);
  // As often as not it is left as a killed process leaves it: no process has a number as large as this.
  if (round % 2 === 0) releaseLock(file);
  else writeFileSync(file, '2147483646\n');
}
process.stdout.write(String(taken));
