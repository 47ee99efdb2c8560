/**
 * The residual block: y = body(x) + shortcut(x), where body and shortcut are layers one after another (He, Zhang, Ren and Sun,
 * "Deep residual learning for image recognition", 2016). The kernel of the sum is in `@longhand/kernels`, `add/add.ts`.
 *
 * Backward, dy goes into both branches, and dx is the sum of their input gradients.
 */
import { activationGeometry, addGeometry } from '@longhand/kernels';
import {
  builtIn,
  described,
  type Entries,
  kind,
  type Named,
  optional,
  recordOf,
  where as shape,
} from '@longhand/schema';
import { formatShape, type Shape, ShapeError, sameShape, sizeOf } from '@longhand/tensor';
import { checkEntries } from './checked-options';
import { fuseLayers } from './fusion';
import type {
  BufferSpec,
  Layer,
  LayerBinding,
  LayerKind,
  LayerPass,
  LayerPlace,
  NamedLayer,
  ParameterSpec,
} from './layer';
import { layerSchema } from './layer';
import { type LayerChain, nameLayers, prepareChain } from './layer-chain';
import type { DescribedLayer } from './layer-list';
import type { LayersByName, ParameterPath } from './names';
import { type Operation, runAlone } from './operation';

/** The options of {@link residual}. */
export interface ResidualOptions<
  Body extends LayersByName = LayersByName,
  Shortcut extends LayersByName = LayersByName,
> {
  /** The layers of the body, in their order, by name. */
  readonly body: Body;
  /** The layers that bring the input to the shape of the body's output. Default: none, the input itself is added. */
  readonly shortcut?: Shortcut;
}

/** A residual block as plain data. */
export interface ResidualDescription {
  readonly body: readonly DescribedLayer[];
  readonly shortcut?: readonly DescribedLayer[];
}

/**
 * A residual block: y = body(x) + shortcut(x), where the shortcut is x itself unless it has layers. Its parameters
 * have paths such as `block1.body.conv1.weight` and `block1.shortcut.conv.weight`. An activation after the sum is a
 * layer of its own. Source: He and others, "Deep residual learning", 2016.
 *
 * @throws ShapeError, when prepared, if body and shortcut give different shapes
 * @example
 * const body = { conv1: conv2d({ outChannels: 16, kernel: 3, padding: 1, bias: false }), bn1: batchNorm() };
 * const shortcut = { conv: conv2d({ outChannels: 16, kernel: 1, bias: false }), bn: batchNorm() };
 * residual({ body, shortcut }); // [14, 14, 8] → [14, 14, 16]
 */
export function residual<
  const Body extends LayersByName,
  const Shortcut extends LayersByName = Readonly<Record<never, Layer>>,
>(
  options: ResidualOptions<Body, Shortcut>,
): Layer<
  Named<'residual', ResidualDescription>,
  `body.${ParameterPath<Body>}` | `shortcut.${ParameterPath<Shortcut>}`
> {
  checkEntries<ResidualOptions>(
    'residual',
    { body: recordOf(layerSchema, 'layers by name'), shortcut: optional(recordOf(layerSchema, 'layers by name')) },
    options,
  );
  const { body, shortcut = {} }: ResidualOptions = options;
  if (Object.keys(body).length === 0) throw new Error('residual: expected at least one layer in the body, got none');
  const block = blockOf(options, (where, input) => {
    const common = { where, input, source: 'the input of the block' };
    const branches = {
      body: nameLayers({ ...common, prefix: `${where}.body.`, layers: body }),
      shortcut: nameLayers({ ...common, prefix: `${where}.shortcut.`, layers: shortcut }),
    };
    const [given, added] = [outputOf(branches.body, input), outputOf(branches.shortcut, input)];
    if (!sameShape(given, added)) {
      throw new ShapeError(
        `${where}: expected body and shortcut to give the same shape, got ${formatShape(given)} and ${formatShape(added)}; ` +
          'give the shortcut a convolution of size 1 with the channels and stride of the body',
      );
    }
    return branches;
  });
  return builtIn(block, [...Object.values(body), ...Object.values(shortcut)]) as ReturnType<
    typeof residual<Body, Shortcut>
  >;
}

interface Branches {
  readonly body: readonly NamedLayer[];
  readonly shortcut: readonly NamedLayer[];
}

/** @param makeBranches the layers of both branches at an input */
function blockOf(
  options: ResidualOptions,
  makeBranches: (where: string, input: Shape) => Branches,
): Layer<Named<'residual', ResidualDescription>> {
  const { body, shortcut } = options;
  const branchesOf = rememberingLast(makeBranches);
  const nested = (where: string, input: Shape): readonly NamedLayer[] =>
    Object.entries(branchesOf(where, input)).flatMap(([branch, layers]: [string, readonly NamedLayer[]]) =>
      layers.map((named) => ({ ...named, name: `${branch}.${named.name}` })),
    );
  return {
    description: {
      kind: 'residual',
      body: listed(body),
      ...(shortcut === undefined ? {} : { shortcut: listed(shortcut) }),
    },
    outputShape: (where, input) => outputOf(branchesOf(where, input).body, input),
    parameters: (where, input) =>
      nested(where, input).flatMap(({ name, parameters }) =>
        parameters.map((spec) => within<ParameterSpec>(name, spec)),
      ),
    buffers: (where, input) =>
      nested(where, input).flatMap(({ name, buffers }) => buffers.map((spec) => within<BufferSpec>(name, spec))),
    multiplyAdds: (where, input) =>
      nested(where, input).reduce(
        (sum, { name, layer, inputShape }) => sum + layer.multiplyAdds(`${where}.${name}`, inputShape),
        0,
      ),
    nested,
    fused: () =>
      blockOf(options, (where, input) => {
        const branches = branchesOf(where, input);
        return { body: fuseLayers(branches.body), shortcut: fuseLayers(branches.shortcut) };
      }),
    prepare: (binding) => prepareBlock(branchesOf(binding.where, binding.inputShape), binding),
  };
}

/**
 * The branches at the input that was asked for last. A network asks several times about each layer, and a block asks its own ones:
 * without this, blocks within blocks would take a time that grows with every level by a factor.
 */
function rememberingLast(make: (where: string, input: Shape) => Branches): (where: string, input: Shape) => Branches {
  let last: { readonly where: string; readonly input: Shape; readonly branches: Branches } | undefined;
  return (where, input) => {
    if (last === undefined || last.where !== where || !sameShape(last.input, input)) {
      last = { where, input, branches: make(where, input) };
    }
    return last.branches;
  };
}

function prepareBlock(branches: Branches, binding: LayerBinding): LayerPass {
  const { kernels, dtype, where, inputShape, capacity, x, dx } = binding;
  const branch = (name: keyof Branches, own: Pick<LayerBinding, 'dx'>): LayerChain =>
    prepareChain(branches[name], {
      ...binding,
      ...own,
      where: `${where}.${name}`,
      parameter: (path) => binding.parameter(`${name}.${path}`),
      gradient: (path) => binding.gradient(`${name}.${path}`),
      buffer: (path) => binding.buffer(`${name}.${path}`),
    });
  const likeInput = () => dx && kernels.allocate(dtype, dx.length);
  const isIdentity = branches.shortcut.length === 0;
  const [dxOfBody, dxOfShortcut] = [likeInput(), isIdentity ? undefined : likeInput()];
  const body = branch('body', { dx: dxOfBody });
  const shortcut = branch('shortcut', { dx: dxOfShortcut });
  const length = sizeOf(outputOf(branches.body, inputShape)) * capacity;
  const y = kernels.allocate(dtype, length);
  const dy = body.dy;
  const geometry = addGeometry(where, length);
  const sum = { run: kernels.prepare('add', geometry, { a: body.y, b: isIdentity ? x : shortcut.y, y }) };
  const forwardOperations = [...body.forwardOperations, ...shortcut.forwardOperations, sum];

  const intoBranches: Operation[] = [...body.backwardOperations];
  if (dy !== undefined && !isIdentity && shortcut.dy !== undefined) {
    const copy = { x: body.y, y: shortcut.y, dy, dx: shortcut.dy };
    const identity = activationGeometry(where, 'identity', length);
    intoBranches.push({ run: kernels.prepare('activationInputGrad', identity, copy) }, ...shortcut.backwardOperations);
  }
  const b = isIdentity ? dy : dxOfShortcut;
  const sums: Operation[] =
    dx && dxOfBody && b
      ? [{ run: kernels.prepare('add', addGeometry(where, dx.length), { a: dxOfBody, b, y: dx }) }]
      : [];
  return {
    y,
    dy,
    forward: runAlone(forwardOperations),
    parameterGradients: runAlone(intoBranches),
    inputGradient: runAlone(sums),
    forwardOperations,
    backwardOperations: [...intoBranches, ...sums],
    nested: new Map([...passesOf('body', body), ...passesOf('shortcut', shortcut)]),
  };
}

function passesOf(branch: string, { passes }: LayerChain): [string, LayerPass][] {
  return Array.from(passes, ([name, pass]) => [`${branch}.${name}`, pass]);
}

function outputOf(layers: readonly NamedLayer[], input: Shape): Shape {
  return layers.at(-1)?.outputShape ?? input;
}

function within<Spec extends { readonly name: string }>(layer: string, spec: Spec): Spec {
  return { ...spec, name: `${layer}.${spec.name}` };
}

function listed(layers: Readonly<Record<string, Layer>>): readonly DescribedLayer[] {
  // An object of the user's own, without a module, keeps the block from being described at all.
  return Object.entries(layers).map(([name, layer]) => ({ name, ...(described(layer) ?? layer.description) }));
}

/** Layers by name, of a list as plain data. */
export type LayersFrom = (entries: readonly unknown[], place: LayerPlace) => Readonly<Record<string, Layer>>;

/** @param layersFrom which knows all kinds of layers, this one included */
export function residualKindOf(layersFrom: LayersFrom) {
  const layers = shape<readonly DescribedLayer[]>('a list of layers', Array.isArray);
  const made = ({ body, shortcut }: ResidualDescription, { where, modules }: LayerPlace = { where: 'residual' }) =>
    residual({
      body: layersFrom(body, { where: `${where}.body`, modules }),
      ...(shortcut === undefined ? {} : { shortcut: layersFrom(shortcut, { where: `${where}.shortcut`, modules }) }),
    });
  const entries = { body: layers, shortcut: optional(layers) } satisfies Entries<ResidualDescription>;
  return { ...kind('residual', entries, made), stem: 'block' } satisfies LayerKind;
}
