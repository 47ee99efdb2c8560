/**
 * PyTorch's tensors as pickles describe them: a storage, which is a flat array of one type, and a view of it by offset, extents and
 * strides. Several tensors may share a storage, and a transposed one has its strides exchanged.
 */
import { formatShape, type Shape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { type ElementType, elementBytes, readFloats } from '../element-type';
import { FormatError } from '../format-error';
import { inert, isKind, type Pickled } from './pickle';

/** The types of storages: those of floats are read, the others only left out. */
const storageTypes: Readonly<Record<string, { readonly type?: ElementType; readonly bytes: number }>> = {
  FloatStorage: { type: 'F32', bytes: 4 },
  DoubleStorage: { type: 'F64', bytes: 8 },
  HalfStorage: { type: 'F16', bytes: 2 },
  BFloat16Storage: { type: 'BF16', bytes: 2 },
  LongStorage: { bytes: 8 },
  IntStorage: { bytes: 4 },
  ShortStorage: { bytes: 2 },
  CharStorage: { bytes: 1 },
  ByteStorage: { bytes: 1 },
  BoolStorage: { bytes: 1 },
};

/** A storage of a file, whose bytes are looked up when a tensor is read. */
export class Storage {
  readonly key: string;
  readonly type: ElementType | undefined;
  /** Bytes of one entry. */
  readonly bytesEach: number;
  readonly count: number;

  constructor(name: string, key: string, count: number) {
    const { type, bytes } = storageTypes[storageName(name) ?? ''];
    this.key = key;
    this.type = type;
    this.bytesEach = bytes;
    this.count = count;
  }
}

/** A tensor of a file before its numbers are read. */
export class TensorView {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: Shape, strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** Whether its numbers are floats, and there is at least one. */
  get isReadable(): boolean {
    return this.storage.type !== undefined && sizeOf(this.shape) > 0;
  }

  /** The tensor, from the bytes of its storage. */
  read(bytes: Uint8Array): Tensor {
    const { type = 'F32', count } = this.storage;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { shape, strides, offset } = this;
    const size = sizeOf(shape);
    if (isContiguous(shape, strides)) {
      return tensor(shape, readFloats(view, offset * elementBytes[type], type, size));
    }
    const all = readFloats(view, 0, type, count);
    const result = tensor(shape, undefined, type === 'F64' ? 'float64' : 'float32');
    const indices = shape.map(() => 0);
    for (let k = 0, at = offset; k < size; k++) {
      result.data[k] = all[at];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++indices[axis] < shape[axis]) break;
        at -= shape[axis] * strides[axis];
        indices[axis] = 0;
      }
    }
    return result;
  }
}

/** What a file may name besides dictionaries: the functions that make tensors, and what stands beside them in checkpoints. */
const makers: Readonly<Record<string, (given: readonly Pickled[], where: string) => Pickled>> = {
  'torch._utils._rebuild_tensor': (given, where) => viewOf(given, where),
  'torch._utils._rebuild_tensor_v2': (given, where) => viewOf(given, where),
  // A parameter is its tensor and whether it is learned.
  'torch._utils._rebuild_parameter': ([data = null]) => data,
  'torch._utils._rebuild_parameter_with_state': ([data = null]) => data,
  'collections.OrderedDict': ([items], where) => {
    if (items === undefined) return { kind: 'dict', entries: new Map() };
    const pairs = isKind(items, 'list')
      ? items.items
      : refuse(where, 'a list of pairs for a dictionary', 'something else');
    const entries = pairs.map((pair) =>
      (isKind(pair, 'tuple') || isKind(pair, 'list')) && pair.items.length === 2
        ? ([pair.items[0], pair.items[1]] as const)
        : refuse(where, 'a list of pairs for a dictionary', 'something else'),
    );
    return { kind: 'dict', entries: new Map(entries) };
  },
  'torch.Size': ([items = null]) => items,
  'torch.device': ([type = null]) => type,
};

/** What NumPy leaves in checkpoints, such as an accuracy or the state of its generator: named, never made. */
const besideWeights: ReadonlySet<string> = new Set([
  ...['numpy.dtype', 'numpy.ndarray', '_codecs.encode'],
  // NumPy 2 has another name for the same module.
  ...['numpy.core.multiarray', 'numpy._core.multiarray'].flatMap((module) => [
    `${module}.scalar`,
    `${module}._reconstruct`,
  ]),
]);

/** The types that a checkpoint may name, as an optimizer's options do. */
const dtypes = /^torch\.(?:float(?:16|32|64)|bfloat16|u?int(?:8|16|32|64)|bool)$/;

/** Whether a name of Python is one of tensors, or of what stands beside them. */
export function isTensorName(name: string): boolean {
  const isKnown = Object.hasOwn(makers, name) || besideWeights.has(name);
  return isKnown || storageName(name) !== undefined || dtypes.test(name);
}

function storageName(name: string): string | undefined {
  const [, own] = /^torch\.(\w+Storage)$/.exec(name) ?? [];
  return own !== undefined && Object.hasOwn(storageTypes, own) ? own : undefined;
}

/** What calling one of these names makes. */
export function madeOf(name: string, given: readonly Pickled[], where: string): Pickled {
  if (Object.hasOwn(makers, name)) return makers[name](given, where);
  if (besideWeights.has(name)) return inert;
  return refuse(where, 'a function of tensors', `a call of ${name}`);
}

/** The storage that a reference stands for: `('storage', type, key, device, count)`, in old files with a view of another. */
export function storageOf(id: Pickled, where: string): Storage {
  const [what, type, key, , count, view] = isKind(id, 'tuple') ? id.items : [];
  const isStorage = what === 'storage' && isKind(type, 'name') && storageName(type.name) !== undefined;
  if (!isStorage || typeof key !== 'string' || !isCount(count) || (view !== null && view !== undefined)) {
    return refuse(where, 'a reference to a storage of its own', 'another one');
  }
  return new Storage(type.name, key, count);
}

function viewOf(given: readonly Pickled[], where: string): Pickled {
  const [storage, offset, shape, strides] = given;
  const [extents, steps] = [shape, strides].map((list) => (isKind(list, 'tuple') ? list.items.filter(isCount) : []));
  const complete = [shape, strides].every(
    (list, k) => isKind(list, 'tuple') && list.items.length === [extents, steps][k].length,
  );
  const from = isKind(storage, 'object') && storage.value instanceof Storage ? storage.value : undefined;
  if (from === undefined || !isCount(offset) || !complete || extents.length !== steps.length) {
    return refuse(where, 'a tensor by its storage, offset, extents and strides', 'another one');
  }
  const last = extents.reduce((sum, extent, axis) => sum + Math.max(0, extent - 1) * steps[axis], offset);
  if (sizeOf(extents) > 0 && !(last < from.count)) {
    return refuse(where, `a tensor within its storage of ${from.count} numbers`, formatShape(extents));
  }
  return { kind: 'object', value: new TensorView(from, offset, extents, steps) };
}

function isCount(value: Pickled | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis];
  }
  return true;
}

function refuse(where: string, expected: string, got: string): never {
  throw new FormatError(`${where}: expected ${expected}, got ${got}; save the file again`);
}
