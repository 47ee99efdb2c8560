/**
 * Throughput, side by side: for each network all programs are started and warmed up, then they take turns, round by
 * round, so that whatever the machine does meets all of them. One measures at a time, the others wait for their input.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeForPeers } from './networks.mjs';
import { startProgram } from './program.mjs';

/** What is asked of a program, in this order. */
const phases = ['train', 'infer'];

/** A measurement that takes this many times the seconds asked for is not repeated. */
const bearable = 4;

/**
 * @typedef {object} Throughput
 * @property {string} network
 * @property {string} system
 * @property {string} variant
 * @property {string} version
 * @property {number} threads
 * @property {number} [peakMemory] Bytes that the program took at most, training included, inference not.
 * @property {number[]} train Images per second, round by round.
 * @property {number[]} infer
 * @property {number} [inferenceBatch] Images classified at a time.
 * @property {number} [accuracy] Of the last inference, after all steps made until then.
 */

/**
 * @param {object} options
 * @param {readonly import('./contestants.mjs').Contestant[]} options.contestants
 * @param {readonly import('./networks.mjs').ComparedNetwork[]} options.networks
 * @param {number} options.rounds
 * @param {number} options.batch
 * @param {number} options.threads
 * @param {number} options.seconds Of one measurement.
 * @param {(line: string) => void} options.report Receives progress, line by line.
 * @returns {Promise<Throughput[]>}
 */
export async function measureSideBySide({ contestants, networks, rounds, report, ...settings }) {
  const results = [];
  const folder = mkdtempSync(join(tmpdir(), 'longhand-benchmark-'));
  try {
    for (const network of networks) {
      const run = { network, file: writeForPeers(folder, network), ...settings };
      const entries = [];
      try {
        for (const contestant of contestants) {
          if (contestant.measured === undefined) continue;
          report(`${network.name}  warming up  ${contestant.system}  ${contestant.variant}`);
          await enter(entries, contestant, run, report);
        }
        checkSameNetwork(entries.map(({ result }) => result));
        for (let round = 1; round <= rounds; round++) {
          // Every second round runs in reverse order, so that no program always comes after the same one.
          for (const entry of round % 2 === 1 ? entries : entries.toReversed()) {
            const label = `${network.name}  round ${round}/${rounds}`;
            await measure(entry, settings.seconds, (line) => report(`${label}  ${line}`));
          }
        }
      } finally {
        await Promise.all(entries.map(({ program }) => program.end()));
      }
      results.push(...entries.map(({ result }) => result));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

/** A program that fails is reported and left out: the figures of the others are still worth having. */
async function enter(entries, { system, variant, measured, environment }, run, report) {
  const { name } = run.network;
  try {
    const program = await startProgram(measured(run), environment);
    const { version = system, parameters, peakMemory } = program.known;
    const known = { version, parameters, peakMemory };
    const result = { network: name, threads: run.threads, system, variant, ...known, train: [], infer: [] };
    entries.push({ program, result, finished: false });
  } catch (error) {
    report(`${name}  ${system}  ${variant} is left out: ${error.message}`);
  }
}

/** @throws Error when two programs do not have the same number of parameters */
function checkSameNetwork(results) {
  const [first, ...others] = results.filter(({ parameters }) => parameters !== undefined);
  const other = others.find(({ parameters }) => parameters !== first.parameters);
  if (other !== undefined) {
    throw new Error(
      `${first.network}: expected the same network everywhere, got ${first.parameters} parameters in ${first.system} ` +
        `and ${other.parameters} in ${other.system}`,
    );
  }
}

async function measure(entry, seconds, report) {
  const { program, result, finished } = entry;
  if (finished) return;
  for (const phase of phases) {
    try {
      const figures = await program.ask(phase);
      result[phase].push(figures.imagesPerSecond);
      if (phase === 'infer') Object.assign(result, { inferenceBatch: figures.batch, accuracy: figures.accuracy });
      report(`${result.system}  ${result.variant}  ${phase} ${Math.round(figures.imagesPerSecond)} images/s`);
      entry.finished ||= figures.seconds > bearable * seconds;
    } catch (error) {
      entry.finished = true;
      report(`${result.system}  ${result.variant} failed: ${error.message}`);
      return;
    }
  }
}
