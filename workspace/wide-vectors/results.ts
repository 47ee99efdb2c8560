/**
 * One process of the comparison: a line for each result, which is to be the same on every engine. Given are the file to write them to,
 * the arithmetic, the first seed, the number of seeds, and how often each kernel runs, so that it gets through the tiers of the compiler.
 */
import { openSync, writeSync } from 'node:fs';
import { panelNetworks } from '../../apps/trainer/src/bench/panel-networks.generated';
import { CaseArrays, specOf } from '../../packages/kernels/src/case-arrays';
import type { OperationCases } from '../../packages/kernels/src/contract/cases';
import { expectWideVectors, simdKernels } from '../../packages/kernels/src/index';
import type { KernelName, KernelSpecs } from '../../packages/kernels/src/operations';
import { allCases } from '../../packages/kernels/src/proofs';
import { networkFrom, presets } from '../../packages/layers/src/index';
import { seededRandom } from '../../packages/tensor/src/index';
import { checksumText, Engine, evaluate, TrainingRun, xxHash32 } from '../../packages/training/src/index';
import { type DrawnTraining, drawnTraining, trainingOf } from './drawn-networks';
import { drawnOperations } from './drawn-operations';

const [file = '', arithmetic = '', first = '1', count = '1', runs = '1'] = process.argv.slice(2);
if (arithmetic !== 'strict' && arithmetic !== 'fused') throw new Error(`expected strict or fused, got ${arithmetic}`);

/** Arrays that a kernel may write into one that it reads, as a step of training does. */
const inPlace: Partial<Record<KernelName, Readonly<Record<string, string>>>> = {
  sgdUpdate: { newValues: 'values' },
  momentumUpdate: { newValues: 'values', newVelocity: 'velocity' },
  adamUpdate: { newValues: 'values', newMean: 'mean', newMeanSquare: 'meanSquare' },
  rmspropUpdate: { newValues: 'values', newVelocity: 'velocity', newMeanSquare: 'meanSquare' },
  lionUpdate: { newValues: 'values', newMean: 'mean' },
  scaleGradients: { scaled: 'gradients' },
  limitGradients: { limited: 'gradients' },
};

// Kernels take other tiles where vectors are wide.
expectWideVectors(process.execArgv.includes('--experimental-wasm-revectorize'));
const output = openSync(file, 'w');
const kernels = simdKernels(arithmetic);
const [thisThread, workers] = [0, 2].map((threads) => new Engine({ threads, kernels: arithmetic })) as [Engine, Engine];
const start = kernels.position();

for (const operation of Number(first) === 1 ? allCases() : []) {
  for (const at of operation.cases.keys()) runOperation('table', operation, at);
}
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  for (const operation of drawnOperations(seededRandom(`wide vectors ${seed}`))) runOperation(`${seed}`, operation, 0);
  if (seed % 4 !== 0) continue;
  const training = drawnTraining(seededRandom(`training ${seed}`));
  await runTraining(`${seed} training`, training, seed % 8 === 0 ? workers : thisThread);
}
if (Number(first) === 1) await runKnownNetworks();
await Promise.all([thisThread.end(), workers.end()]);

/** Runs an operation with its gradients, and says the bits of all that they wrote. */
function runOperation(label: string, operation: OperationCases<KernelSpecs>, at: number): void {
  const { name, geometry } = operation.cases[at] as { name: string; geometry: never };
  const given = new CaseArrays(operation, { kernels, dtype: 'float32' }, at);
  for (const kernel of [operation.forward, ...operation.gradients]) {
    const run = given.prepare(kernel);
    for (let time = 0; time < Number(runs); time++) run();
    const overrun = given.overrun().join(' ');
    const written = Object.keys(specOf(kernel).writes).map((array) => given.floats(array));
    say(`${label} ${kernel} ${name}${overrun && ` beside ${overrun}`}`, written);
    const shared = inPlace[kernel];
    if (shared === undefined) continue;
    const { reads, writes } = specOf(kernel);
    const own = Object.fromEntries(
      [...Object.keys(reads), ...Object.keys(writes)].map((array) => [array, given.arrays[shared[array] ?? array]]),
    );
    kernels.prepare(kernel, geometry, own as never)();
    say(
      `${label} ${kernel} in place ${name}`,
      Object.values(shared).map((array) => given.floats(array)),
    );
  }
  kernels.reset(start);
}

/** Trains, evaluates, and says the bits of all that was learned. */
async function runTraining(label: string, training: DrawnTraining, engine: Engine): Promise<void> {
  const run = new TrainingRun({ ...training, engine });
  const losses: number[] = [];
  for await (const { batchLoss } of run.steps()) losses.push(batchLoss);
  const { values, buffers, slots, average } = await run.state();
  const { network, dataset, normalization } = training;
  const parameters = await run.snapshot();
  await run.end();
  const { loss } = await evaluate({ engine, network, dataset, normalization, parameters });
  const learned = [values, buffers, ...Object.values(slots), average].filter((numbers) => numbers !== undefined);
  say(`${label} of ${network.parameterCount} parameters`, [...learned, Float64Array.from([...losses, loss])]);
}

async function runKnownNetworks(): Promise<void> {
  const image = [28, 28, 1] as const;
  const known = [
    ...Object.entries(presets).map(([name, preset]) => [name, preset({ image })] as const),
    ...Object.entries(panelNetworks).map(
      ([name, description]) => [name, networkFrom(description, { input: image })] as const,
    ),
  ];
  for (const [name, network] of known) {
    await runTraining(`training ${name}`, trainingOf(network, seededRandom(name), 40), thisThread);
  }
}

/** One line: what it is, and a checksum. All NaN count as one, since their bits are the engine's to choose. */
function say(label: string, arrays: readonly (Float32Array | Float64Array)[]): void {
  let checksum = 0;
  for (const array of arrays) {
    const numbers = array.some(Number.isNaN) ? array.map((value) => (Number.isNaN(value) ? Number.NaN : value)) : array;
    checksum = xxHash32(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), checksum);
  }
  writeSync(output, `${checksumText(checksum)} ${label}\n`);
}
