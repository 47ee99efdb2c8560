/**
 * The part of Python's pickle that files of tensors use: a machine with a stack, which here makes numbers, texts, tuples, lists,
 * dictionaries, and what a caller makes of the few names that it knows. A pickle that names any other class or function is
 * refused, and nothing is called or imported: to run what it names is what makes pickles dangerous.
 *
 * Source: Python's pickletools, which documents every opcode; protocols 2 to 5.
 */
import { type BudgetOptions, limitOf } from '@longhand/schema';
import { FormatError } from '../format-error';
import { decodeUtf8 } from '../utf8';

/** What a pickle is made of. A name is a class or function of Python; an object is what the caller made. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickledTuple
  | PickledList
  | PickledDict
  | PickledName
  | PickledObject;

export interface PickledTuple {
  readonly kind: 'tuple';
  readonly items: readonly Pickled[];
}
export interface PickledList {
  readonly kind: 'list';
  readonly items: Pickled[];
}
export interface PickledDict {
  readonly kind: 'dict';
  readonly entries: Map<Pickled, Pickled>;
}
export interface PickledName {
  readonly kind: 'name';
  readonly name: string;
}
export interface PickledObject {
  readonly kind: 'object';
  readonly value: object;
}

/** Stands for what has no part in the weights, such as a scalar of NumPy: nothing can be done with it. */
export const inert: PickledObject = { kind: 'object', value: Object.freeze({}) };

/** What a caller knows. */
export interface Unpickling extends BudgetOptions {
  /** Whether a class or function may be named. */
  readonly knows: (name: string) => boolean;
  /** What to say of one that may not. */
  readonly refusal: (name: string) => string;
  /** What calling a name makes. */
  readonly call: (name: string, given: readonly Pickled[]) => Pickled;
  /** What a reference out of the pickle stands for. */
  readonly persistent: (id: Pickled) => Pickled;
}

/** How many opcodes and objects a file may have for each name that the budget allows. */
const OPCODES_PER_NAME = 50;
const OBJECTS_PER_NAME = 8;

/** Marks a place on the stack. */
const mark = Symbol('mark');

/**
 * The value of a pickle, and where it ends.
 *
 * @param start the byte offset of its first opcode
 * @throws FormatError for opcodes of other objects, names that the caller does not know, and a pickle that is cut short
 */
export function unpickle(
  bytes: Uint8Array,
  where: string,
  unpickling: Unpickling,
  start = 0,
): { readonly value: Pickled; readonly end: number } {
  return new Machine(bytes, where, unpickling, start).run();
}

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;
  readonly #unpickling: Unpickling;
  readonly #stack: (Pickled | typeof mark)[] = [];
  readonly #memo = new Map<number, Pickled>();
  #at: number;
  #objects = 0;

  constructor(bytes: Uint8Array, where: string, unpickling: Unpickling, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
    this.#unpickling = unpickling;
    this.#at = start;
  }

  run(): { value: Pickled; end: number } {
    const limit = OPCODES_PER_NAME * limitOf('names', this.#unpickling.budget);
    for (let count = 0; count <= limit; count++) {
      const opcode = String.fromCharCode(this.#uint(1));
      if (opcode === '.') return { value: this.#pop(), end: this.#at };
      const perform = Object.hasOwn(opcodes, opcode) ? opcodes[opcode] : undefined;
      if (perform === undefined) this.#refuse(`the opcode 0x${opcode.charCodeAt(0).toString(16)}`);
      perform(this.#operations);
    }
    return this.#refuse(`more than ${limit} steps`);
  }

  /** What opcodes are made of. */
  readonly #operations: Operations = {
    push: (value) => void this.#stack.push(value),
    mark: () => void this.#stack.push(mark),
    pop: () => this.#pop(),
    top: () => this.#top(),
    popToMark: () => this.#popToMark(),
    uint: (length) => this.#uint(length),
    int32: () => this.#take(4, (at) => this.#view.getInt32(at, true)),
    float64: () => this.#take(8, (at) => this.#view.getFloat64(at)),
    text: (length) => this.#text(length),
    line: () => this.#line(),
    long: (length) => this.#long(length),
    skip: (length) => void this.#take(length, () => undefined),
    put: (index, value) => void this.#memo.set(index, value),
    memoCount: () => this.#memo.size,
    get: (index) => this.#memo.get(index) ?? this.#refuse(`the unknown reference ${index}`),
    name: (name) => this.#name(name),
    made: (value) => this.#counted(value),
    call: (called, given) => this.#counted(this.#call(called, given)),
    persistent: (id) => this.#counted(this.#unpickling.persistent(id)),
    refuse: (got) => this.#refuse(got),
  };

  #pop(): Pickled {
    const value = this.#stack.pop();
    return value === undefined || value === mark ? this.#refuse('an empty stack') : value;
  }

  #top(): Pickled {
    const value = this.#stack.at(-1);
    return value === undefined || value === mark ? this.#refuse('an empty stack') : value;
  }

  #popToMark(): Pickled[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) this.#refuse('no mark');
    return this.#stack.splice(at).slice(1) as Pickled[];
  }

  #counted<Value>(value: Value): Value {
    this.#objects++;
    const limit = OBJECTS_PER_NAME * limitOf('names', this.#unpickling.budget);
    if (this.#objects > limit) this.#refuse(`more than ${limit} objects`);
    return value;
  }

  #name(name: string): PickledName {
    if (!this.#unpickling.knows(name)) throw new FormatError(`${this.#where}: ${this.#unpickling.refusal(name)}`);
    return { kind: 'name', name };
  }

  #call(called: Pickled, given: Pickled): Pickled {
    if (!isKind(called, 'name') || !isKind(given, 'tuple')) return this.#refuse('a call of something else');
    return this.#unpickling.call(called.name, given.items);
  }

  #take<Value>(length: number, read: (at: number) => Value): Value {
    const at = this.#at;
    if (!(at + length <= this.#bytes.length)) {
      throw new FormatError(`${this.#where}: expected a whole pickle, got one that is cut short; fetch the file again`);
    }
    this.#at += length;
    return read(at);
  }

  #uint(length: number): number {
    return this.#take(length, (at) => {
      let value = 0;
      for (let k = length - 1; k >= 0; k--) value = value * 256 + this.#bytes[at + k];
      return value;
    });
  }

  #text(length: number): string {
    const text = this.#take(length, (at) => decodeUtf8(this.#bytes.subarray(at, at + length)));
    return text ?? this.#refuse('text that is no UTF-8');
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) this.#refuse('a line without an end');
    const text = this.#text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  /** An integer of any length in two's complement; only those of 8 bytes and the one that begins old files are needed. */
  #long(length: number): number | bigint {
    if (length > 16) return this.#refuse(`an integer of ${length} bytes`);
    return this.#take(length, (at) => {
      let value = 0n;
      for (let k = length - 1; k >= 0; k--) value = (value << 8n) | BigInt(this.#bytes[at + k]);
      value = BigInt.asIntN(8 * length, value);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    });
  }

  #refuse(got: string): never {
    throw new FormatError(
      `${this.#where}: expected a pickle of tensors, got ${got} at byte ${this.#at}; is this a file of torch.save?`,
    );
  }
}

interface Operations {
  readonly push: (value: Pickled) => void;
  readonly mark: () => void;
  readonly pop: () => Pickled;
  readonly top: () => Pickled;
  readonly popToMark: () => Pickled[];
  readonly uint: (length: number) => number;
  readonly int32: () => number;
  readonly float64: () => number;
  readonly text: (length: number) => string;
  /** Up to the next line feed. */
  readonly line: () => string;
  readonly long: (length: number) => number | bigint;
  readonly skip: (length: number) => void;
  readonly put: (index: number, value: Pickled) => void;
  readonly memoCount: () => number;
  readonly get: (index: number) => Pickled;
  readonly name: (name: string) => Pickled;
  /** Counts a new object. */
  readonly made: <Value>(value: Value) => Value;
  readonly call: (called: Pickled, given: Pickled) => Pickled;
  readonly persistent: (id: Pickled) => Pickled;
  readonly refuse: (got: string) => never;
}

type Opcode = (machine: Operations) => void;

const tuple = (count: number): Opcode => {
  return ({ pop, push, made }) => {
    const items = Array.from({ length: count }, pop).reverse();
    push(made({ kind: 'tuple', items }));
  };
};

/** The opcodes by their character. */
const opcodes: Readonly<Record<string, Opcode>> = {
  '\x80': ({ uint, refuse }) => {
    const protocol = uint(1);
    if (protocol < 2 || protocol > 5) refuse(`protocol ${protocol}`);
  },
  // The length of a frame says nothing that is not read anyway.
  '\x95': ({ skip }) => skip(8),
  '(': ({ mark }) => mark(),
  '0': ({ pop }) => void pop(),
  '1': ({ popToMark }) => void popToMark(),
  '2': ({ push, top }) => push(top()),
  N: ({ push }) => push(null),
  '\x88': ({ push }) => push(true),
  '\x89': ({ push }) => push(false),
  K: ({ push, uint }) => push(uint(1)),
  M: ({ push, uint }) => push(uint(2)),
  J: ({ push, int32 }) => push(int32()),
  '\x8a': ({ push, uint, long }) => push(long(uint(1))),
  G: ({ push, float64 }) => push(float64()),
  X: ({ push, uint, text }) => push(text(uint(4))),
  '\x8c': ({ push, uint, text }) => push(text(uint(1))),
  '\x8d': ({ push, uint, text }) => push(text(uint(8))),
  ')': tuple(0),
  '\x85': tuple(1),
  '\x86': tuple(2),
  '\x87': tuple(3),
  t: ({ push, popToMark, made }) => push(made({ kind: 'tuple', items: popToMark() })),
  ']': ({ push, made }) => push(made({ kind: 'list', items: [] })),
  l: ({ push, popToMark, made }) => push(made({ kind: 'list', items: popToMark() })),
  '}': ({ push, made }) => push(made({ kind: 'dict', entries: new Map() })),
  a: ({ pop, top, refuse }) => {
    const item = pop();
    listOf(top(), refuse).items.push(item);
  },
  e: ({ popToMark, top, refuse }) => {
    const items = popToMark();
    const { items: all } = listOf(top(), refuse);
    for (const item of items) all.push(item);
  },
  s: ({ pop, top, refuse }) => {
    const [value, key] = [pop(), pop()];
    dictOf(top(), refuse).entries.set(key, value);
  },
  u: ({ popToMark, top, refuse }) => {
    const items = popToMark();
    const { entries } = dictOf(top(), refuse);
    if (items.length % 2 !== 0) refuse('a key without a value');
    for (let k = 0; k < items.length; k += 2) entries.set(items[k], items[k + 1]);
  },
  q: ({ uint, put, top }) => put(uint(1), top()),
  r: ({ uint, put, top }) => put(uint(4), top()),
  '\x94': ({ put, memoCount, top }) => put(memoCount(), top()),
  h: ({ push, get, uint }) => push(get(uint(1))),
  j: ({ push, get, uint }) => push(get(uint(4))),
  c: ({ push, line, name }) => {
    const module = line();
    push(name(`${module}.${line()}`));
  },
  '\x93': ({ push, pop, name, refuse }) => {
    const [attribute, module] = [pop(), pop()];
    if (typeof module !== 'string' || typeof attribute !== 'string') refuse('a name that is no text');
    push(name(`${module}.${attribute}`));
  },
  R: ({ push, pop, call }) => {
    const given = pop();
    push(call(pop(), given));
  },
  // Bytes are the numbers of what NumPy has beside the weights.
  B: ({ push, uint, skip }) => {
    skip(uint(4));
    push(inert);
  },
  C: ({ push, uint, skip }) => {
    skip(uint(1));
    push(inert);
  },
  // The state of an ordered dictionary, versions of modules, or of something inert: no weights.
  b: ({ pop, top, refuse }) => {
    pop();
    if (top() !== inert) dictOf(top(), refuse);
  },
  Q: ({ push, pop, persistent }) => push(persistent(pop())),
};

/** Whether a value is of a kind. */
export function isKind<Kind extends 'tuple' | 'list' | 'dict' | 'name' | 'object'>(
  value: Pickled | undefined,
  kind: Kind,
): value is Extract<Pickled, { kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

function listOf(value: Pickled, refuse: (got: string) => never): PickledList {
  return isKind(value, 'list') ? value : refuse('something else than a list');
}

function dictOf(value: Pickled, refuse: (got: string) => never): PickledDict {
  return isKind(value, 'dict') ? value : refuse('something else than a dictionary');
}
