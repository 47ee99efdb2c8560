/**
 * What layers are called in PyTorch, Keras and ONNX, and what they are here: for messages to those who know the other names.
 */
// cspell:ignore adaptiveavgpool averagepool averagepooling batchnormalization depthwiseconv fullyconnected globalaveragepooling
// cspell:ignore maxpool maxpooling meanpool dropoutrate inchannels infeatures inputdim inputshape kernelsize numfeatures poolsize

const pooling = (kind: 'max' | 'mean'): string => `{"kind":"pool2d","pooling":"${kind}","window":2}`;

/** Without capitals, digits and lines between words: `MaxPool2d` is `maxpool`. */
const layersHere: Readonly<Record<string, string>> = {
  adaptiveavgpool: '"globalAveragePool"',
  averagepool: pooling('mean'),
  averagepooling: pooling('mean'),
  avgpool: pooling('mean'),
  batchnormalization: '"batchNorm"',
  conv: '{"kind":"conv2d","outChannels":8,"kernel":3}',
  convolution: '{"kind":"conv2d","outChannels":8,"kernel":3}',
  cropping: '{"kind":"crop2d","border":2}',
  depthwiseconv: '{"kind":"conv2d","outChannels":8,"kernel":3,"groups":8}',
  fullyconnected: '{"kind":"dense","outFeatures":10}',
  gemm: '{"kind":"dense","outFeatures":10}',
  globalaveragepooling: '"globalAveragePool"',
  hardswish: '"hardSwish"',
  linear: '{"kind":"dense","outFeatures":10}',
  maxpool: pooling('max'),
  maxpooling: pooling('max'),
  meanpool: pooling('mean'),
  pool: pooling('max'),
  swish: '"silu"',
};

/**
 * A layer as it is written here, for the name that it has in another library; undefined for a name that no other library has.
 *
 * @example layerHere('MaxPool2d') // '{"kind":"pool2d","pooling":"max","window":2}'
 */
export function layerHere(name: string): string | undefined {
  const key = name.toLowerCase().replace(/(?:[123]d)?$|[^a-z]/g, '');
  return Object.hasOwn(layersHere, key) ? layersHere[key] : undefined;
}

const fromBefore = 'leave it out, the layer before says it';

/** What is said of options of other libraries, without capitals and lines between words. */
const optionsHere: Readonly<Record<string, string>> = {
  dropoutrate: "it is 'rate' here",
  filters: "it is 'outChannels' here",
  inchannels: fromBefore,
  infeatures: fromBefore,
  inputdim: fromBefore,
  inputshape: fromBefore,
  kernelsize: "it is 'kernel' here",
  numfeatures: fromBefore,
  p: "it is 'rate' here",
  poolsize: "it is 'window' here",
  units: "it is 'outFeatures' here",
};

/**
 * What to do about an option that another library has; undefined for others, and where a layer has no such option under its name here.
 *
 * @param known the options of the layer
 * @example optionHere('in_features', ['outFeatures']) // 'leave it out, the layer before says it'
 */
export function optionHere(name: string, known: readonly string[]): string | undefined {
  const key = name.toLowerCase().replace(/[^a-z]/g, '');
  const said = Object.hasOwn(optionsHere, key) ? optionsHere[key] : undefined;
  const [, own] = /'(\w+)'/.exec(said ?? '') ?? [];
  return own === undefined || known.includes(own) ? said : undefined;
}
