export { exp, expm1 } from './math/exp';
export { log, log1p } from './math/log';
export { pow } from './math/pow';
export { tanh } from './math/tanh';
export { cos, sin } from './math/trigonometric';
export { type NumericalDerivative, numericalDerivative } from './numerical-derivative';
export { Random, type RandomState, restoredRandom, seededRandom } from './random';
export { checkShape, formatShape, type Shape, ShapeError, sameShape, sizeOf, stridesOf } from './shape';
export { allocateFloats, type DType, dtypeOf, type FloatArray, permute, type Tensor, tensor } from './tensor';
