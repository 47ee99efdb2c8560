// PReLU (He, Zhang, Ren and Sun, 2015): y = x where x > 0, and slope · x elsewhere, with a learned slope for each channel.
//
//   dx = dy where x > 0, slope · dy elsewhere
//   dSlope of a channel = the sum of dy · x over its entries with x ≤ 0

/** [height, width, channels] → the same. `slope` is what each slope starts from. */
export function prelu({ slope = 0.25 } = {}) {
  return {
    description: { kind: 'prelu', slope },

    outputShape(where, input) {
      if (input.length === 3) return input;
      throw new Error(`${where}: expected an image [height, width, channels], got [${input.join(', ')}]`);
    },

    parameters: (_where, [, , channels]) => [
      // Drawn evenly from slope to slope: each starts there. The fan is what other initializers would look at.
      {
        name: 'slope',
        shape: [channels],
        initializer: { scheme: 'uniform', low: slope, high: slope },
        fanIn: 1,
        fanOut: 1,
      },
    ],

    multiplyAdds: (_where, input) => input.reduce((product, size) => product * size),

    // Called once for each pass. Images lie side by side, innermost: x is [height, width, channels, capacity].
    prepare({ kernels, dtype, x, dx, gradients, inputShape: [, , channels], capacity, parameter, gradient }) {
      const y = kernels.allocate(dtype, x.length);
      const dy = gradients ? kernels.allocate(dtype, x.length) : undefined;
      const slopes = parameter('slope');
      const dSlopes = gradient('slope');
      const channelOf = (at) => Math.floor(at / capacity) % channels;
      return {
        y,
        dy,
        forward() {
          for (let at = 0; at < x.length; at++) y[at] = x[at] > 0 ? x[at] : slopes[channelOf(at)] * x[at];
        },
        parameterGradients() {
          dSlopes.fill(0);
          for (let at = 0; at < x.length; at++) if (!(x[at] > 0)) dSlopes[channelOf(at)] += dy[at] * x[at];
        },
        inputGradient() {
          if (dx === undefined) return;
          for (let at = 0; at < x.length; at++) dx[at] = x[at] > 0 ? dy[at] : slopes[channelOf(at)] * dy[at];
        },
      };
    },
  };
}
