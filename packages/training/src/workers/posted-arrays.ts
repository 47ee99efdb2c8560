/**
 * Arrays on their way to a worker: as their buffers, never as arrays.
 *
 * An array that is posted takes its whole buffer along: where memory is not shared, all images of a data set would be copied for a few of
 * them. And Deno's `worker_threads` looks at every entry of a posted array, half a minute for MNIST; of a buffer it takes none.
 */

const kinds = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float32Array, Float64Array } as const;

type Kind = keyof typeof kinds;
type TypedArray = InstanceType<(typeof kinds)[Kind]>;

/** An array as its buffer. */
interface PostedArray {
  readonly kind: Kind;
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
}

/**
 * A message with buffers instead of arrays.
 *
 * @returns with it, the buffers that were made for it: they can be transferred
 */
export function withBuffers(message: unknown): { readonly message: unknown; readonly cut: readonly ArrayBuffer[] } {
  const cut: ArrayBuffer[] = [];
  const posted = (array: TypedArray): PostedArray => {
    const { buffer, byteOffset, length } = array;
    // Not the name of its class: a `Buffer` is a `Uint8Array`.
    const kind = kindOf(array) as Kind;
    if (isShared(buffer) || array.byteLength === buffer.byteLength) return { kind, buffer, byteOffset, length };
    const part = buffer.slice(byteOffset, byteOffset + array.byteLength);
    cut.push(part);
    return { kind, buffer: part, byteOffset: 0, length };
  };
  return { message: mapped(message, isTypedArray, posted), cut };
}

/** The message with its arrays again. */
export function withArrays<Message>(message: Message): Message {
  return mapped(message, isPostedArray, ({ kind, buffer, byteOffset, length }) => {
    return new kinds[kind](buffer as ArrayBuffer, byteOffset, length);
  }) as Message;
}

/** The value with some of its parts replaced. Only plain objects and lists are looked into. */
function mapped<Part>(value: unknown, is: (value: unknown) => value is Part, map: (part: Part) => unknown): unknown {
  if (is(value)) return map(value);
  if (Array.isArray(value)) return value.map((entry) => mapped(entry, is, map));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapped(entry, is, map)]));
}

function kindOf(value: unknown): Kind | undefined {
  return (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind]);
}

function isTypedArray(value: unknown): value is TypedArray {
  return kindOf(value) !== undefined;
}

/** No JSON data of the user's can look like it. */
function isPostedArray(value: unknown): value is PostedArray {
  const { kind, buffer } = (value ?? {}) as Partial<PostedArray>;
  return kind !== undefined && buffer !== undefined && (buffer instanceof ArrayBuffer || isShared(buffer));
}

/** A page that is not cross-origin isolated has no such class. */
function isShared(buffer: unknown): buffer is SharedArrayBuffer {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
}
