/** What a zip is, by the names of its files: several programs keep models in one. */
import type { BudgetOptions } from '@longhand/schema';
import { type ZippedFile, zippedFiles } from './zip-files';

/** Kinds of archives; the first three can be read. */
export type ArchiveKind =
  | 'pytorch'
  | 'tfjs'
  | 'keras'
  | 'torchscript'
  | 'exported program'
  | 'npz'
  | 'saved model'
  | 'zip';

/**
 * What a zip is.
 *
 * @throws FormatError unless the zip is whole
 * @example kindOfZip(new Uint8Array(8), 'model.zip'); // throws: model.zip: …
 */
export function kindOfZip(bytes: Uint8Array, where: string, options: BudgetOptions = {}): ArchiveKind {
  return archiveKind(zippedFiles(bytes, where, options));
}

/** @param files those of a zip */
export function archiveKind(files: readonly Pick<ZippedFile, 'name'>[]): ArchiveKind {
  const has = (pattern: RegExp): boolean => files.some(({ name }) => pattern.test(name));
  // TensorFlow.js names its shards so; a downloads folder adds a number to the name of the model.
  if (has(/\.json$/) && has(/(?:^|\/)(?:group\d+-shard\d+of\d+(?:\.bin)?|[^/]*weights[^/]*\.bin)$/)) return 'tfjs';
  if (has(/^(?:[^/]+\/)?(?:archive_format|models\/[^/]+\.json|serialized_exported_program\.json)$/))
    return 'exported program';
  if (has(/^[^/]+\/(?:constants\.pkl|code\/)/)) return 'torchscript';
  if (has(/^[^/]+\/data\.pkl$/)) return 'pytorch';
  if (has(/^model\.weights\.h5$/)) return 'keras';
  if (has(/(?:^|\/)saved_model\.pb$/)) return 'saved model';
  return has(/\.npy$/) ? 'npz' : 'zip';
}

/**
 * What to say of each kind that is no state dict, with what to do in Python.
 *
 * @example archiveText('keras', 'model.zip'); // 'a model of Keras'
 */
export function archiveText(kind: Exclude<ArchiveKind, 'pytorch'>, file: string): string {
  switch (kind) {
    case 'torchscript':
      return `a TorchScript archive, which is a program; save its weights in Python, torch.save(torch.jit.load('${file}').state_dict(), 'weights.pt')`;
    case 'exported program':
      return `a program of torch.export; save its weights in Python, torch.save(torch.export.load('${file}').state_dict, 'weights.pt')`;
    case 'keras':
      return 'a model of Keras';
    case 'tfjs':
      return 'a model of TensorFlow.js';
    case 'npz':
      return `arrays of NumPy; save them in Python, safetensors.numpy.save_file(dict(numpy.load('${file}')), 'weights.safetensors')`;
    case 'saved model':
      return 'a SavedModel of TensorFlow; unpack it, and name its folder';
    case 'zip':
      return 'another zip; unpack it, and name the model within';
  }
}
