/** The names in a network as types, so that the compiler knows them. */
import type { Description } from '@longhand/schema';
import type { Layer } from './layer';

/** Layers by their names, in their order. */
export type LayersByName = Readonly<Record<string, Layer>>;

/**
 * The names of layers: any text where they are not known before the program runs.
 *
 * @example
 * type Layers = { conv: ReturnType<typeof conv2d>; relu: ReturnType<typeof relu> };
 * const name: LayerName<Layers> = 'conv'; // 'conv' | 'relu'
 */
export type LayerName<Layers> = string extends keyof Layers ? string : keyof Layers & string;

/**
 * The paths of the parameters and buffers of layers: any text where they are not known before the program runs. One that an option
 * leaves out, such as a bias, is among them.
 *
 * @example
 * type Layers = { fc: ReturnType<typeof dense>; relu: ReturnType<typeof relu> };
 * const path: ParameterPath<Layers> = 'fc.weight'; // 'fc.weight' | 'fc.bias'
 */
export type ParameterPath<Layers> = string extends keyof Layers
  ? string
  : {
      [Name in keyof Layers & string]: NonNullable<Layers[Name]> extends Layer<Description, infer Own>
        ? `${Name}.${Own}`
        : never;
    }[keyof Layers & string];
