/**
 * Whole runs: from the start of a cold process to its end, with all that a user waits for: loading the system and the
 * digits, compiling, training, testing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeForPeers } from './networks.mjs';
import { runWhole } from './program.mjs';

/**
 * @typedef {object} WholeRuns
 * @property {string} network
 * @property {string} system
 * @property {string} variant
 * @property {string} version
 * @property {number} epochs
 * @property {number[]} seconds Round by round, like what follows.
 * @property {(number | null)[]} peakMemory Bytes; null on systems that do not report it.
 * @property {number[]} accuracy On the 10,000 test digits.
 */

/** @returns {Promise<WholeRuns[]>} */
export async function measureWholeRuns({ contestants, networks, rounds, epochs, report, ...settings }) {
  const results = [];
  const folder = mkdtempSync(join(tmpdir(), 'longhand-benchmark-'));
  try {
    for (const network of networks) {
      const file = writeForPeers(folder, network);
      const { name } = network;
      const entries = contestants
        .filter(({ whole }) => whole !== undefined)
        .map(({ whole, wholeEpochs = epochs, system, variant, environment }) => {
          const run = { network, file, ...settings, epochs: Math.min(epochs, wholeEpochs) };
          const measured = { seconds: [], peakMemory: [], accuracy: [] };
          const result = { network: name, system, variant, epochs: run.epochs, ...measured };
          return { command: whole(run), environment, result };
        });
      for (let round = 1; round <= rounds; round++) {
        for (const { command, environment, result } of entries) {
          const label = `${name}  round ${round}/${rounds}  ${result.system}  ${result.variant}`;
          try {
            const figures = figuresOf(await runWhole(command, folder, environment));
            Object.assign(result, { version: figures.version ?? result.system });
            for (const key of ['seconds', 'peakMemory', 'accuracy']) result[key].push(figures[key] ?? null);
            report(`${label}  ${figures.seconds.toFixed(1)} s`);
          } catch (error) {
            report(`${label} failed: ${error.message}`);
          }
        }
      }
      results.push(...entries.map(({ result }) => result).filter(({ seconds }) => seconds.length > 0));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

/** The lines of JSON in a program's output; the trainer, which writes for people, says its accuracy in words. */
function figuresOf({ output, seconds }) {
  const figures = { seconds };
  for (const line of output.split('\n')) {
    const [, percent] = /^accuracy\s+([\d.]+) %/.exec(line) ?? [];
    if (percent !== undefined) figures.accuracy = Number(percent) / 100;
    if (line.startsWith('{')) Object.assign(figures, JSON.parse(line));
  }
  return figures;
}
