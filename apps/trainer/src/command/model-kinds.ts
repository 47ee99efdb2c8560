/** What kind of model a file is: those that can be read, and what is said of others that people have. */
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { isHdf5, isPytorchFile, isTfjsModel, isZip, kindOfZip } from '@longhand/formats';
import { currentBudget } from './budget';
import { unusable } from './failure';

/** The kinds that can be read. */
export type ModelKind = 'safetensors' | 'pytorch' | 'onnx' | 'tfjs' | 'keras';

const openBrace = 0x7b;

/**
 * The kind of a file by its content, or by its name where the content is not conclusive. What is in a zip, its end says.
 *
 * @throws CommandError for what is no model, FormatError for half a zip
 */
export function kindOf(bytes: Uint8Array, file: string): ModelKind {
  if (!isZip(bytes)) return kindOfBeginning(bytes, file);
  const kind = kindOfZip(bytes, file, { budget: currentBudget() });
  // What no reader takes, that of PyTorch's files calls by its name.
  return kind === 'tfjs' || kind === 'keras' ? kind : 'pytorch';
}

/**
 * The same from the first bytes, where a zip counts as one of PyTorch.
 *
 * @throws CommandError for what is no model
 */
export function kindOfBeginning(bytes: Uint8Array, file: string): ModelKind {
  const ending = extname(file).toLowerCase();
  if (isTfjsModel(bytes)) return 'tfjs';
  if (isHdf5(bytes)) return 'keras';
  // Eight bytes of length, then the brace of a JSON object.
  if (bytes[8] === openBrace) return 'safetensors';
  if (isPytorchFile(bytes)) return 'pytorch';
  if (ending === '.safetensors') return 'safetensors';
  // The version of the container is the first field that every program writes.
  if (bytes[0] === 0x08 || ending === '.onnx') return 'onnx';
  throw unusable(
    `${file}: expected a model as safetensors, PyTorch, ONNX, TensorFlow.js or Keras, got ${formatText(bytes)}`,
  );
}

/** Other file formats that people have: the bytes that they have at an offset, with what to do. */
const otherFormats: readonly {
  readonly begins: readonly number[];
  readonly at?: number;
  readonly what: string;
}[] = [
  {
    begins: [0x47, 0x47, 0x55, 0x46],
    what: 'GGUF, which holds language models; expected is a small network for images',
  },
  {
    begins: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59],
    what: "an array of NumPy; save all weights in Python, safetensors.numpy.save_file({'fc.weight': …}, 'weights.safetensors')",
  },
  {
    // TFL3 behind the offset that every FlatBuffer begins with.
    begins: [0x54, 0x46, 0x4c, 0x33],
    at: 4,
    what: 'TensorFlow Lite, which has operators of its own; export the model that it was converted from as ONNX',
  },
  {
    begins: [...new TextEncoder().encode('version https://git-lfs')],
    what: 'a pointer of Git LFS in place of the file; fetch it with git lfs pull',
  },
  { begins: [0x3c], what: 'a page; export the model that it was made of' },
  { begins: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG image; predict takes images, with --model before the model' },
  { begins: [0xff, 0xd8, 0xff], what: 'a JPEG image; predict takes images, with --model before the model' },
];

/** What a file that is no model is. */
function formatText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file; save it again';
  const other = otherFormats.find(({ begins, at = 0 }) => begins.every((byte, k) => bytes[at + k] === byte));
  if (other !== undefined) return other.what;
  if (bytes[0] !== openBrace) return 'something else';
  const begin = new TextDecoder().decode(bytes.subarray(0, 65536));
  return /"class_name"\s*:\s*"(?:Sequential|Functional|Model)"/.test(begin)
    ? "the layers of a Keras model without its weights; save the whole model in Python, model.save('model.keras')"
    : 'JSON; a network without weights is given as --model';
}

/** The file of a model that is a folder of one of these programs; undefined for other folders. */
export function fileInFolder(folder: string): string | undefined {
  const model = join(folder, 'model.json');
  return existsSync(model) ? model : undefined;
}

/** What a folder of another program is, as messages end; empty for other folders. */
export function folderText(folder: string): string {
  return existsSync(join(folder, 'saved_model.pb'))
    ? ', a SavedModel of TensorFlow, which has operators in place of layers; export the model that it was made of as ONNX'
    : '';
}
