/** The networks that go by a name. */
import type { Network } from '../sequential';
import { lenetDocumented, type PresetOptions } from './lenet-documented';
import { lenet5 } from './lenet5';
import { wide } from './wide';

/** Every named network. */
export const presets = {
  'lenet-documented': lenetDocumented,
  lenet5,
  wide,
} as const satisfies Readonly<Record<string, (options?: PresetOptions) => Network>>;

/** The names of the presets. */
export type PresetName = keyof typeof presets;
