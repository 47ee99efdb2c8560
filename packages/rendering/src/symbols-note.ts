/**
 * The legend of the symbols in a summary of the documented network: the network of two convolutions that a hand derivation
 * documents, whose symbols its layers carry.
 */
export const symbolsNote =
  'Symbols as in the hand derivation that documents this network: k kernels, b biases, C convolution outputs after the activation, P pooled maps, v the values flattened, w weights of the dense layer, o its outputs; ¹ and ² number the convolutions.';
