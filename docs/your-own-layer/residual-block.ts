// y = x + conv2(relu(conv1(x))): the layer of residual-block.mjs, with types.
import { conv2d, type Layer, relu } from '@longhand/layers';

export function residualBlock({
  channels,
  kernel = 3,
}: {
  readonly channels: number;
  readonly kernel?: number;
}): Layer {
  const conv = () => conv2d({ outChannels: channels, kernel, padding: 'same' });
  const body = Object.entries<Layer>({ conv1: conv(), relu: relu(), conv2: conv() });
  return {
    description: { kind: 'residual-block', channels, kernel },

    outputShape(where, input) {
      if (input.length === 3 && input[2] === channels) return input;
      throw new Error(`${where}: expected an image of ${channels} channels, got [${input.join(', ')}]`);
    },

    parameters: (where, input) =>
      body.flatMap(([name, layer]) =>
        layer.parameters(`${where}.${name}`, input).map((spec) => ({ ...spec, name: `${name}.${spec.name}` })),
      ),

    multiplyAdds: (where, input) =>
      body.reduce((sum, [name, layer]) => sum + layer.multiplyAdds(`${where}.${name}`, input), 0),

    prepare(binding) {
      const { kernels, dtype, x, dx, gradients } = binding;
      const allocate = () => kernels.allocate(dtype, x.length);
      const y = allocate();
      const dBody = gradients ? allocate() : undefined;

      let [input, dInput] = [x, dBody];
      const passes = body.map(([name, layer]) => {
        const pass = layer.prepare({
          ...binding,
          where: `${binding.where}.${name}`,
          x: input,
          dx: dInput,
          parameter: (parameter) => binding.parameter(`${name}.${parameter}`),
          gradient: (parameter) => binding.gradient(`${name}.${parameter}`),
        });
        [input, dInput] = [pass.y, pass.dy];
        return pass;
      });
      // What the last of them left: its output, and the gradient there.
      const [bodyOutput, dy] = [input, dInput];

      return {
        y,
        dy,
        forward() {
          for (const pass of passes) pass.forward();
          for (let i = 0; i < y.length; i++) y[i] = x[i] + bodyOutput[i];
        },
        parameterGradients() {
          for (const pass of [...passes].reverse()) {
            pass.parameterGradients();
            pass.inputGradient();
          }
        },
        inputGradient() {
          // Without gradients there is neither dy nor dBody, and nobody calls this.
          if (dx === undefined || dy === undefined || dBody === undefined) return;
          for (let i = 0; i < dx.length; i++) dx[i] = dy[i] + dBody[i];
        },
      };
    },
  };
}
