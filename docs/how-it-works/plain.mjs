// The steps in plain JavaScript: the formula, flat arrays, and images side by side.

/** Step 1. The formula: y[n][o][i][j] = Σ over c, p, q of weight[o][c][p][q] · x[n][c][i + p][j + q]. */
export function formula(x, weight, { images, outChannels, outSize, channels, kernel }) {
  const y = [];
  for (let n = 0; n < images; n++) {
    y.push([]);
    for (let o = 0; o < outChannels; o++) {
      y[n].push([]);
      for (let i = 0; i < outSize; i++) {
        y[n][o].push([]);
        for (let j = 0; j < outSize; j++) {
          let sum = 0;
          for (let c = 0; c < channels; c++) {
            for (let p = 0; p < kernel; p++) {
              for (let q = 0; q < kernel; q++) sum += weight[o][c][p][q] * x[n][c][i + p][j + q];
            }
          }
          y[n][o][i].push(sum);
        }
      }
    }
  }
  return y;
}

/** Step 2. The same loops over flat arrays of float32: an index is a sum, and no list is looked up in a list. */
export function flat(x, weight, y, { images, outChannels, outSize, channels, kernel, size }) {
  let at = 0;
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < outChannels; o++) {
      for (let i = 0; i < outSize; i++) {
        for (let j = 0; j < outSize; j++) {
          let sum = 0;
          for (let c = 0; c < channels; c++) {
            for (let p = 0; p < kernel; p++) {
              const row = ((n * channels + c) * size + i + p) * size + j;
              const taps = ((o * channels + c) * kernel + p) * kernel;
              for (let q = 0; q < kernel; q++) sum += weight[taps + q] * x[row + q];
            }
          }
          y[at++] = sum;
        }
      }
    }
  }
}

/**
 * Step 3. x is [row, column, channel, image]: an entry of all sixteen images is one cache line of 64 bytes, each weight is loaded once
 * for all of them, and under a row of the kernel all columns and channels are neighbors: 30 lines, one after another.
 */
export function imagesSideBySide(x, packed, y, { images, outChannels, outSize, channels, kernel, size }) {
  const sums = new Float32Array(images);
  const run = kernel * channels;
  for (let i = 0; i < outSize; i++) {
    for (let j = 0; j < outSize; j++) {
      for (let o = 0; o < outChannels; o++) {
        sums.fill(0);
        for (let p = 0; p < kernel; p++) {
          const from = ((i + p) * size + j) * channels * images;
          for (let k = 0; k < run; k++) {
            const w = packed[(o * kernel + p) * run + k];
            for (let n = 0; n < images; n++) sums[n] += Math.fround(w * x[from + k * images + n]);
          }
        }
        y.set(sums, ((i * outSize + j) * outChannels + o) * images);
      }
    }
  }
}

/** Weights in the order in which step 3 and those after it read them: `[out channels, row, column, channels]`. */
export function packed(weight, { outChannels, channels, kernel }) {
  const moved = new Float32Array(weight.length);
  for (let o = 0; o < outChannels; o++) {
    for (let c = 0; c < channels; c++) {
      for (let at = 0; at < kernel * kernel; at++) {
        moved[(o * kernel * kernel + at) * channels + c] = weight[(o * channels + c) * kernel * kernel + at];
      }
    }
  }
  return moved;
}
