/** A network's pass: every layer's own, chained. */
import { type Kernels, scopedKernels } from '@longhand/kernels';
import { boolean, count, isRecord, oneOf, optional, where } from '@longhand/schema';
import { dtypeOf, type FloatArray, OptionError, type Shape, sizeOf } from '@longhand/tensor';
import { checkEntries } from './checked-options';
import { fuseLayers } from './fusion';
import { prepareChain } from './layer-chain';
import type { Network, NetworkPass, PassOptions } from './network';
import { runAlone } from './operation';
import { lengthOf, NetworkParameters, type ParameterEntry } from './parameters';
import { checkedBefore, contextAlone, type PassContext } from './pass-context';
import { beginWithPixels, type PixelBytes } from './pixel-dense';

const entries = {
  kernels: where<Kernels>(
    "a set of kernels such as referenceKernels or simdKernels('strict')",
    (value) => isRecord(value) && typeof value.prepare === 'function' && typeof value.allocate === 'function',
  ),
  parameters: where<NetworkParameters>(
    'parameters such as network.initialize(seededRandom(1))',
    (value) => isRecord(value) && ArrayBuffer.isView(value.values),
  ),
  capacity: count,
  mode: optional(oneOf('train', 'evaluate')),
  gradients: optional(boolean),
  gradientValues: optional(where<FloatArray>('an array of floats', ArrayBuffer.isView)),
  gradientEntries: optional(where<readonly ParameterEntry[]>('entries of parameters', Array.isArray)),
  inputGradient: optional(boolean),
  fuse: optional(boolean),
  pixels: optional(where<PixelBytes>('the bytes of images', isRecord)),
  context: optional(where<PassContext>('the context of a pass', isRecord)),
};

/** Prepares every layer on the output of the one before it. */
export function prepareNetwork(network: Network, options: PassOptions): NetworkPass {
  checkEntries<PassOptions>('prepare', entries, options);
  const { parameters, capacity, mode = 'train', inputGradient = false, fuse = false } = options;
  const { gradients: wantsGradients = mode === 'train' } = options;
  const kernels = scopedKernels(options.kernels, 'pass');
  const { inputShape } = network;
  const { gradientEntries = network.parameterEntries } = options;
  const dtype = dtypeOf(parameters.values);
  const context = options.context ?? contextAlone(kernels, dtype, capacity);
  const allocate = (shape: Shape): FloatArray => kernels.allocate(dtype, sizeOf(shape) * capacity);
  const { layers } = network;
  const onPixels =
    fuse && !inputGradient && options.pixels
      ? beginWithPixels(layers, options.pixels.channels, options.pixels.bytes)
      : undefined;
  const input = onPixels === undefined ? allocate(inputShape) : kernels.allocate(dtype, 0);
  const dInput = wantsGradients && inputGradient ? allocate(inputShape) : undefined;
  const gradients = wantsGradients
    ? new NetworkParameters(
        { parameterEntries: gradientEntries },
        options.gradientValues ?? kernels.allocate(dtype, lengthOf(gradientEntries)),
      )
    : undefined;
  const empty = kernels.allocate(dtype, 0);
  const slice = (of: NetworkParameters | undefined, path: string): FloatArray =>
    of?.has(path) ? of.get(path).data : empty;

  const { passes, y, dy, forwardOperations, backwardOperations } = prepareChain(
    fuse ? fuseLayers(onPixels ?? layers) : layers,
    {
      where: '',
      kernels,
      dtype,
      capacity,
      inputShape,
      x: input,
      dx: dInput,
      mode,
      gradients: wantsGradients,
      parameter: (path) => slice(parameters, path),
      gradient: (path) => slice(gradients, path),
      buffer: (path) => slice(parameters, path),
      context,
    },
  );
  /** Its memory may be another's by now. */
  const inUse = <Kept>(kept: Kept): Kept => {
    kernels.checkInUse();
    return kept;
  };
  const [run, runBackward] = [
    checkedBefore(context, runAlone(forwardOperations)),
    wantsGradients ? runAlone(backwardOperations) : withoutGradients,
  ];
  return {
    network,
    kernels,
    capacity,
    parameters,
    mode,
    context,
    takesPixels: onPixels !== undefined,
    get input() {
      return inUse(input);
    },
    get output() {
      return inUse(y);
    },
    get dOutput() {
      return inUse(dy);
    },
    get dInput() {
      return inUse(dInput);
    },
    get gradients() {
      return inUse(gradients);
    },
    layers: passes,
    forward: () => inUse(run)(),
    backward: () => inUse(runBackward)(),
    forwardOperations,
    backwardOperations,
    release: kernels.release,
    [Symbol.dispose]: kernels.release,
  };
}

function withoutGradients(): never {
  throw new OptionError('backward: expected a pass with gradients, got one without; prepare it with gradients: true');
}
