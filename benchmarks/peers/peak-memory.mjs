/** Loaded before a program (`node --import`), so that its last line says how much memory the process took at most. */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    writeSync(1, `${JSON.stringify({ peakMemory: process.resourceUsage().maxRSS * 1024 })}\n`);
  });
}
