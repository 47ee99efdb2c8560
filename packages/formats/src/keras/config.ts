/** The configuration of a Keras layer: untrusted JSON, read entry by entry, with Keras's defaults. */
import { isRecord } from '@longhand/schema';
import { FormatError, shown } from '../format-error';

/** One layer as Keras and TensorFlow.js describe it, or a model within the model. */
export class KerasLayer {
  /** The class without its package: `Conv2D`. */
  readonly className: string;
  readonly name: string;
  /** Where its weights are in a `.keras` file: `layers/conv2d_1`, within the models around it. */
  readonly path: string;
  /** The file and the layer, for messages. */
  readonly where: string;
  /** In a Functional model, what the layer is given at each call. */
  readonly inbound: readonly unknown[];
  readonly #config: Readonly<Record<string, unknown>>;

  /**
   * @param json `{ class_name, config }`
   */
  constructor(json: unknown, path: string, file: string) {
    const { config, name, inbound_nodes: inbound } = isRecord(json) ? json : {};
    this.className = classNameOf(json, file);
    // Keras before 2.2 gave a list of layers in place of a model's configuration.
    this.#config = Array.isArray(config) ? { layers: config } : isRecord(config) ? config : {};
    const own = this.#config.name ?? name;
    this.name = typeof own === 'string' && own !== '' ? own : this.className;
    this.path = path;
    this.inbound = Array.isArray(inbound) ? inbound : [];
    this.where = `${file}: layer ${shown(this.name)} (${this.className})`;
  }

  /** An entry as it is; undefined where there is none. */
  any(key: string): unknown {
    return Object.hasOwn(this.#config, key) ? this.#config[key] : undefined;
  }

  /** @param fallback what a missing entry, or null, stands for */
  number(key: string, fallback: number): number {
    const value = this.any(key) ?? fallback;
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#refuse(key, 'a number', value);
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.any(key) ?? fallback;
    return typeof value === 'boolean' ? value : this.#refuse(key, 'true or false', value);
  }

  text(key: string, fallback: string): string {
    const value = this.any(key) ?? fallback;
    return typeof value === 'string' ? value : this.#refuse(key, 'a text', value);
  }

  /** One whole number for each axis, of a list or of one number for all; undefined for a missing entry. */
  extents(key: string, axes: number): readonly number[] | undefined {
    const value = this.any(key) ?? undefined;
    if (value === undefined) return undefined;
    const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
    const isSound = Array.isArray(list) && list.length === axes && list.every(isCount);
    return isSound ? (list as readonly number[]) : this.#refuse(key, `${axes} whole numbers`, value);
  }

  /** A list; empty for a missing entry. */
  list(key: string): readonly unknown[] {
    const value = this.any(key) ?? [];
    return Array.isArray(value) ? value : this.#refuse(key, 'a list', value);
  }

  refuse(message: string): never {
    throw new FormatError(`${this.where}: ${message}`);
  }

  #refuse(key: string, expected: string, got: unknown): never {
    return this.refuse(`expected ${key} as ${expected}, got ${shown(got)}`);
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** @throws FormatError for what is no layer */
export function classNameOf(json: unknown, file: string): string {
  const name = isRecord(json) ? json.class_name : undefined;
  if (typeof name === 'string' && name !== '') return name.split('>').at(-1) ?? name;
  throw new FormatError(`${file}: expected a layer with a class_name, got ${shown(name)}; save it again`);
}
