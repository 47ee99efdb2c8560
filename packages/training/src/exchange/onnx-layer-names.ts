/** Names for layers of other programs, whose modules lie within one another: `layer1.0.conv1`. */
import type { OnnxLayer, OnnxResidual } from '@longhand/formats';

type NamedOnnxLayer = Extract<OnnxLayer, { name: string }>;

const stems = { conv: 'conv', gemm: 'fc', batchNorm: 'bn' } as const satisfies Record<NamedOnnxLayer['kind'], string>;

/** The names in one list of layers: each once, and without the characters that a name cannot have. */
export class LayerNames {
  readonly #module: string;
  readonly #taken = new Set<string>();

  /** @param module what the other program's names begin with in this list */
  constructor(module: string) {
    this.#module = module;
  }

  /** The layer's own name within the module. */
  of({ kind, name }: NamedOnnxLayer): string {
    return this.#free(stems[kind], within(this.#module, name));
  }

  /** The name of a block: that of its module, or else `block1`. */
  ofBlock(module: string): string {
    return this.#free('block', module === this.#module ? '1' : within(this.#module, module));
  }

  #free(stem: string, given: string): string {
    const own = given.replace(/[^\w-]+/g, '_').replace(/^_+|_+$/g, '');
    const first = /^[A-Za-z]/.test(own) ? own : `${stem}${own}`;
    // A number at the end counts on; any other name is numbered from two on.
    const [, base, number] = /^(block)(\d+)$/.exec(first) ?? [first, `${first}_`, '1'];
    let name = first;
    for (let count = Number(number) + 1; this.#taken.has(name); count++) name = `${base}${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** A block's module, and those that the layers of its branches are in. */
export interface BlockModules {
  readonly module: string;
  readonly branches: Readonly<Record<'body' | 'shortcut', string>>;
}

/**
 * The module that the layers of a block have in common. It is the one around it where the block has none, or where its layers
 * are not all within another.
 *
 * @param around the module that the block is in
 * @example blockOf(layers of layer1.0.conv1 and layer1.0.bn1, 'layer1') // module layer1.0
 */
export function blockOf({ body, shortcut }: OnnxResidual, around: string): BlockModules {
  const names = { body: namesIn(body), shortcut: namesIn(shortcut) };
  const common = commonModule([...names.body, ...names.shortcut]) ?? around;
  // A block of ours says which branch it is.
  const isOwn = (['body', 'shortcut'] as const).find((branch) => common.endsWith(`.${branch}`));
  const module = isOwn === undefined ? common : common.slice(0, -`.${isOwn}`.length);
  const branchModule = (branch: 'body' | 'shortcut'): string => {
    const own = `${module}.${branch}`;
    const isWithin = names[branch].length > 0 && names[branch].every((name) => name.startsWith(`${own}.`));
    return isWithin ? own : module;
  };
  return { module, branches: { body: branchModule('body'), shortcut: branchModule('shortcut') } };
}

/** What all names have in common but their last part: `layer1.0` of `layer1.0.conv1` and `layer1.0.downsample.0`. */
function commonModule(names: readonly string[]): string | undefined {
  const [first, ...others] = names.map((name) => name.split('.').slice(0, -1));
  if (first === undefined) return undefined;
  const differs = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return (differs < 0 ? first : first.slice(0, differs)).join('.');
}

/** The names of all layers with weights, those of blocks within included. */
function namesIn(layers: readonly OnnxLayer[]): string[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'residual') return [...namesIn(layer.body), ...namesIn(layer.shortcut)];
    return 'name' in layer ? [layer.name] : [];
  });
}

/** A name without the module that it begins with. */
function within(module: string, name: string): string {
  return module !== '' && name.startsWith(`${module}.`) ? name.slice(module.length + 1) : name;
}
