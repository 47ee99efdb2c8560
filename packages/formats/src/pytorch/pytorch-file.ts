/**
 * Files of `torch.save`: a state dict, or a checkpoint that holds one, in the zip that PyTorch writes since 1.6 or in the pickles one
 * after another that it wrote before. Python runs what such a file names; this reader knows the names of tensors alone.
 *
 * Source: torch/serialization.py of PyTorch 2.13, `_save` and `_legacy_save`.
 */
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { sizeOf, type Tensor } from '@longhand/tensor';
import { checkBytes, FormatError, shown } from '../format-error';
import { archiveKind, archiveText } from '../zip/archive-kind';
import { isZip, zippedFiles } from '../zip/zip-files';
import { isKind, type Pickled, type PickledDict, type Unpickling, unpickle } from './pickle';
import { isTensorName, madeOf, storageOf, TensorView } from './tensors';

/** The weights of a file. */
export interface PytorchFile {
  /** By name, in the order of the file. */
  readonly tensors: Map<string, Tensor>;
  /** The names beside them that are no weights: counts, and what else a checkpoint has. */
  readonly skipped: readonly string[];
  /** The entries of a checkpoint that are weights too, such as a moving average: `entry` takes one of them. */
  readonly otherWeights: readonly string[];
}

/** How a file of torch.save is read. */
export interface ReadPytorchOptions extends BudgetOptions {
  /** The entry of a checkpoint that is read. Default: the likeliest by its name, or the only one. */
  readonly entry?: string | undefined;
}

/**
 * The tensors of a state dict. float16 and bfloat16 become float32, which is exact; integers are left out, unless they are called
 * a weight or a bias. Of a checkpoint the state dict is read that is called `state_dict`, `model_state_dict`, `model` or the like,
 * or the only one that there is; or the one that `entry` names.
 *
 * @param where the file's name, for messages
 * @throws FormatError for whole modules, TorchScript, and whatever names more than tensors
 * @example readPytorch(new Uint8Array(8), 'mnist_cnn.pt'); // throws: mnist_cnn.pt: …
 */
export function readPytorch(bytes: Uint8Array, where = 'pytorch', options: ReadPytorchOptions = {}): PytorchFile {
  checkBytes(bytes, where);
  const { value, bytesOf } = isZip(bytes) ? openedZip(bytes, where, options) : openedPickles(bytes, where, options);
  const { dict, beside, otherWeights } = stateDictOf(value, where, options.entry);
  const tensors = new Map<string, Tensor>();
  const skipped: string[] = [...beside];
  // One number for each byte: repeated entries, which a stride of 0 makes, cannot fill the memory.
  let left = bytes.length;
  for (const [name, entry] of dict.entries) {
    const view = viewOf(entry);
    if (typeof name !== 'string')
      throw new FormatError(`${where}: expected names as keys of a state dict, got ${shown(name)}`);
    if (view === undefined || (!view.isReadable && !/(?:^|\.)(?:weight|bias)$/.test(name))) {
      skipped.push(name);
      continue;
    }
    const location = `${where}: tensor ${shown(name)}`;
    if (!view.isReadable) {
      throw new FormatError(
        `${location}: expected floats, got integers or none; save the network before it is quantized`,
      );
    }
    left -= sizeOf(view.shape);
    if (left < 0) throw new FormatError(`${location}: expected at most a number for each byte of the file, got more`);
    tensors.set(name, view.read(bytesOf(view, location)));
  }
  return { tensors, skipped, otherWeights };
}

/**
 * Whether bytes begin as a file of torch.save does: as a zip, or as a pickle of protocol 2 and later. What else a zip or a pickle is,
 * {@link readPytorch} says.
 *
 * @example isPytorchFile(new Uint8Array(8)); // false
 */
export function isPytorchFile(bytes: Uint8Array): boolean {
  return isZip(bytes) || (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5 && bytes[8] !== 0x7b);
}

/** A file's value, and the bytes of a tensor's storage. */
interface Opened {
  readonly value: Pickled;
  readonly bytesOf: (view: TensorView, where: string) => Uint8Array;
}

function openedZip(bytes: Uint8Array, where: string, options: BudgetOptions): Opened {
  const files = zippedFiles(bytes, where, options);
  const kind = archiveKind(files);
  if (kind !== 'pytorch')
    throw new FormatError(`${where}: expected a state dict of PyTorch, got ${archiveText(kind, where)}`);
  const pickle = files.find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const folder = pickle?.name.slice(0, -'data.pkl'.length) ?? '';
  const byName = new Map(files.map((file) => [file.name, file]));
  const stored = (name: string, location: string): Uint8Array => {
    const found = byName.get(`${folder}${name}`);
    if (found?.bytes !== undefined) return found.bytes;
    const got = found === undefined ? 'none' : 'a compressed one';
    throw new FormatError(`${location}: expected the file ${folder}${name} in the zip, got ${got}; save it again`);
  };
  if (byName.has(`${folder}byteorder`) && textOf(stored('byteorder', where)) !== 'little') {
    throw new FormatError(`${where}: expected little-endian numbers, got others; save it on another machine`);
  }
  const data = stored('data.pkl', where);
  checkBudget({ textBytes: data.length }, options.budget, {
    where,
    of: 'bytes that describe tensors',
    error: (message) => new FormatError(message),
  });
  const { value } = unpickle(data, where, unpickling(where, options));
  return {
    value,
    bytesOf: ({ storage }, location) => checkedStorage(stored(`data/${storage.key}`, location), storage, location),
  };
}

/** The number that old files begin with. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const OLD_PROTOCOL = 1001;

/** A number, a version, the sizes of types, the value, the keys of storages; then these, each with its count before. */
function openedPickles(bytes: Uint8Array, where: string, options: BudgetOptions): Opened {
  let at = 0;
  const next = (): Pickled => {
    const { value, end } = unpickle(bytes, where, unpickling(where, options), at);
    at = end;
    return value;
  };
  if (next() !== MAGIC || next() !== OLD_PROTOCOL) {
    throw new FormatError(
      `${where}: expected a file of torch.save, got another pickle, which may run code when loaded; save the weights in Python with torch.save(model.state_dict(), 'weights.pt')`,
    );
  }
  const system = next();
  if (!isKind(system, 'dict') || system.entries.get('little_endian') !== true) {
    throw new FormatError(`${where}: expected little-endian numbers, got others; save it on another machine`);
  }
  const value = next();
  const keys = next();
  const order = new Map((isKind(keys, 'list') ? keys.items : []).map((key, k) => [key, k]));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts: number[] = [];
  const sizes = new Map<string, number>();
  for (const tensor of viewsIn(value)) sizes.set(tensor.storage.key, tensor.storage.bytesEach);
  for (const [key] of order) {
    const start = at + 8;
    const size = typeof key === 'string' ? sizes.get(key) : undefined;
    if (size === undefined || start > bytes.length) break;
    starts.push(start);
    at = start + Number(view.getBigUint64(at, true)) * size;
  }
  return {
    value,
    bytesOf: ({ storage }, location) => {
      const start = starts[order.get(storage.key) ?? -1] ?? bytes.length;
      return checkedStorage(bytes.subarray(start), storage, location);
    },
  };
}

function checkedStorage(bytes: Uint8Array, { count, bytesEach }: TensorView['storage'], where: string): Uint8Array {
  if (count * bytesEach <= bytes.length) return bytes;
  throw new FormatError(
    `${where}: expected ${count} numbers of ${bytesEach} bytes in its storage, got ${bytes.length} bytes; fetch the file again`,
  );
}

function unpickling(where: string, options: BudgetOptions): Unpickling {
  return {
    ...options,
    knows: isTensorName,
    refusal: (name) =>
      `expected tensors, got a file that names ${name}${/^torch\.nn\.|^__main__\./.test(name) ? ', a whole module' : ''}: only code can make of that what it is; save the weights alone in Python, torch.save(model.state_dict(), 'weights.pt')`,
    call: (name, given) => madeOf(name, given, where),
    persistent: (id) => ({ kind: 'object', value: storageOf(id, where) }),
  };
}

function viewOf(value: Pickled | undefined): TensorView | undefined {
  return isKind(value, 'object') && value.value instanceof TensorView ? value.value : undefined;
}

/** All tensors of a value, whichever dictionaries and lists they are in. A value that contains itself is walked once. */
function viewsIn(value: Pickled): readonly TensorView[] {
  const seen = new Set<Pickled>([value]);
  for (const each of seen) {
    if (isKind(each, 'dict')) for (const entry of each.entries.values()) seen.add(entry);
    else if (isKind(each, 'list') || isKind(each, 'tuple')) for (const item of each.items) seen.add(item);
  }
  return [...seen].flatMap((each) => viewOf(each) ?? []);
}

/** What people call the weights in a checkpoint, the likeliest first. */
const stateDictNames = [
  'state_dict',
  'model_state_dict',
  'model',
  'model_state',
  'net',
  'network',
  'weights',
  'params',
];

/** The state dict of a file, and what it has besides. */
function stateDictOf(
  value: Pickled,
  where: string,
  entry: string | undefined,
): { dict: PickledDict; beside: readonly string[]; otherWeights: readonly string[] } {
  if (!isKind(value, 'dict')) {
    const got = viewOf(value) === undefined ? 'something else' : 'a single tensor';
    throw new FormatError(
      `${where}: expected a state dict, got ${got}; save torch.save(model.state_dict(), 'weights.pt')`,
    );
  }
  if (hasTensors(value)) {
    if (entry === undefined) return { dict: value, beside: [], otherWeights: [] };
    throw new FormatError(
      `${where}: expected a checkpoint with the entry ${shown(entry)}, got a state dict alone; name no entry`,
    );
  }
  const found = new Map<Pickled, PickledDict>();
  for (const [name, entry] of value.entries) if (isKind(entry, 'dict') && hasTensors(entry)) found.set(name, entry);
  if (entry !== undefined && !found.has(entry)) {
    const names = [...found.keys()].slice(0, 6).map((name) => shown(name));
    throw new FormatError(
      `${where}: expected weights as the entry ${shown(entry)}, got ${names.join(', ') || 'no weights'}; name one of these`,
    );
  }
  const known = entry ?? stateDictNames.find((name) => found.has(name));
  const [only, ...others] = found.keys();
  const chosen = known ?? (others.length === 0 ? only : undefined);
  const dict = chosen === undefined ? undefined : found.get(chosen);
  if (dict === undefined) {
    const names = [...(found.size > 0 ? found : value.entries).keys()].slice(0, 6).map((name) => shown(name));
    const got = found.size > 0 ? `several: ${names.join(', ')}` : `${names.join(', ') || 'nothing'} without tensors`;
    throw new FormatError(
      `${where}: expected a state dict, or a checkpoint with one, got ${got}; ${found.size > 0 ? 'name the entry, or ' : ''}save torch.save(model.state_dict(), 'weights.pt')`,
    );
  }
  return {
    dict,
    beside: [...value.entries.keys()].filter((name) => !found.has(name)).map(String),
    otherWeights: [...found.keys()].filter((name) => name !== chosen).map(String),
  };
}

function hasTensors({ entries }: PickledDict): boolean {
  for (const entry of entries.values()) if (viewOf(entry)?.isReadable) return true;
  return false;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 16));
}
