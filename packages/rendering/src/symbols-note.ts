/**
 * The legend of the symbols in a summary of the documented network: the network of two convolutions that a hand derivation
 * documents, whose symbols its layers carry.
 */
export const symbolsNote =
  'Symbols as in the hand derivation of this network: k kernels, b biases, C feature maps, P pooled maps, v flattened values, w dense weights, o outputs; ¹ and ² number the convolutions.';
