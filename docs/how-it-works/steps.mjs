// All steps on the same layer: each is compared with the formula, then timed.
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { conv2dGeometry, simdKernels } from '@longhand/kernels';
import asc from 'assemblyscript/asc';
import { imagesInnermost, layer, nested, weight, x } from './layer.mjs';
import { flat, formula, imagesSideBySide, packed } from './plain.mjs';
import { aT, bT, g, times } from './winograd.mjs';

/** How long each step is repeated, in milliseconds. */
const milliseconds = Number(process.argv[2] ?? 500);

const { images, channels, outChannels, size, outSize, kernel } = layer;
const lines = imagesInnermost(x, channels, size);
const taps = packed(weight, layer);

/** The weights at Winograd's points: `[out channels, point, row, channels]`. */
const transformed = Float32Array.from({ length: outChannels * 8 * kernel * channels }, (_, at) => {
  const c = at % channels;
  const p = Math.floor(at / channels) % kernel;
  const point = Math.floor(at / (channels * kernel)) % 8;
  const o = Math.floor(at / (channels * kernel * 8));
  const row = ((o * channels + c) * kernel + p) * kernel;
  return times(g, weight.subarray(row, row + kernel))[point];
});

/** Compiles the vectors, and puts arrays into the memory of the module. */
async function compiled() {
  const files = { 'vectors.ts': readFileSync(new URL('vectors.assembly.ts', import.meta.url), 'utf8') };
  let binary;
  const { error, stderr } = await asc.main(
    ['vectors.ts', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--outFile', 'vectors.wasm'],
    {
      readFile: (name) => files[name] ?? null,
      writeFile: (name, contents) => {
        if (name === 'vectors.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(binary, { env: { abort() {} } });
  const { memory, ...functions } = instance.exports;
  memory.grow(8);
  let end = 65_536;
  const put = (values) => {
    const array = new Float32Array(memory.buffer, end, values.length);
    array.set(values);
    end += Math.ceil(array.byteLength / 64) * 64;
    return array;
  };
  return { functions, put };
}

/** The time of a call in microseconds: the best of many, since whatever disturbs makes it longer. */
function timeOf(run) {
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + milliseconds;
  for (let calls = 1; performance.now() < until; calls = Math.min(calls * 2, 64)) {
    const start = performance.now();
    for (let k = 0; k < calls; k++) run();
    best = Math.min(best, (performance.now() - start) / calls);
  }
  return 1000 * best;
}

const { functions, put } = await compiled();
const [xs, ws, us] = [lines, taps, transformed].map(put);
const [b, a] = [bT, aT].map((matrix) => put(matrix.flat()));
const v = put(new Float32Array(2 * 8 * size * channels * images));
const scratch = put(new Float32Array(16 * images));
const y = put(new Float32Array(outSize * outSize * outChannels * images));

const own = simdKernels('strict');
const array = (values) => {
  const copy = own.allocate('float32', values.length);
  copy.set(values);
  return copy;
};
const geometry = conv2dGeometry('step 7', {
  batch: images,
  input: [size, size, channels],
  outChannels,
  kernel: [kernel, kernel],
  bias: false,
});
const ownY = own.allocate('float32', y.length);
const ownRun = own.prepare('conv2d', geometry, {
  x: array(lines),
  weight: array(weight),
  bias: own.allocate('float32', 0),
  y: ownY,
});

const nestedX = nested(x, [images, channels, size, size]);
const nestedWeight = nested(weight, [outChannels, channels, kernel, kernel]);
const exact = imagesInnermost(Float32Array.from(formula(nestedX, nestedWeight, layer).flat(3)), outChannels, outSize);
const byImage = new Float32Array(y.length);
const sideBySide = new Float32Array(y.length);

/** Every step: its name, what runs, and where the result is. */
const steps = [
  ['1. the formula', () => formula(nestedX, nestedWeight, layer), () => exact],
  ['2. flat arrays', () => flat(x, weight, byImage, layer), () => imagesInnermost(byImage, outChannels, outSize)],
  ['3. images side by side', () => imagesSideBySide(lines, taps, sideBySide, layer), () => sideBySide],
  ['4. vectors', () => functions.vectors(xs.byteOffset, ws.byteOffset, y.byteOffset), () => y],
  ['5. a tile of registers', () => functions.tiles(xs.byteOffset, ws.byteOffset, y.byteOffset), () => y],
  [
    '6. Winograd',
    () => {
      functions.transform(xs.byteOffset, b.byteOffset, v.byteOffset);
      functions.winograd(v.byteOffset, us.byteOffset, a.byteOffset, y.byteOffset, scratch.byteOffset);
    },
    () => y,
  ],
  ["7. Longhand's kernel", ownRun, () => ownY],
];

if (isMainThread) {
  const products = outSize * outSize * outChannels * channels * kernel * kernel * images;
  let first;
  for (const [name, run, result] of steps) {
    y.fill(Number.NaN);
    run();
    const error = result().reduce((worst, value, at) => Math.max(worst, Math.abs(value - exact[at])), 0);
    // NaN, where nothing was written, is not below it either.
    if (!(error < 1e-4))
      throw new Error(`${name}: expected the numbers of the formula, got one that differs by ${error}`);
    const time = timeOf(run);
    first ??= time;
    const figures = [
      time.toFixed(time < 1000 ? 1 : 0),
      (first / time).toFixed(1),
      ((2 * products) / time / 1000).toFixed(1),
    ];
    console.log(
      `${name.padEnd(23)} ${figures[0].padStart(8)} µs ${figures[1].padStart(7)} ×  ${figures[2].padStart(5)} GFLOP/s  error ${error.toExponential(0)}`,
    );
  }
  // Two threads, each with micro-batches of its own.
  const threads = Array.from(
    { length: 2 },
    () => new Worker(new URL(import.meta.url), { argv: [milliseconds], workerData: 'run' }),
  );
  const times = await Promise.all(
    threads.map((thread) => new Promise((resolve, reject) => thread.on('message', resolve).on('error', reject))),
  );
  const both = 1 / times.reduce((sum, time) => sum + 1 / time, 0);
  console.log(
    `8. two threads          ${both.toFixed(1).padStart(8)} µs ${(first / both).toFixed(1).padStart(7)} ×  ${((2 * products) / both / 1000).toFixed(1).padStart(5)} GFLOP/s`,
  );
} else if (workerData === 'run') parentPort.postMessage(timeOf(ownRun));
