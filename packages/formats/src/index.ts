export { FormatError } from './format-error';
export { readSafetensors, type Safetensors, type SafetensorsSource, writeSafetensors } from './safetensors';
