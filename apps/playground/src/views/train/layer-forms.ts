/** The layers that can be put into a network here: what each begins with, and which of its options can be changed. */
import { nameSettings } from '../../training/train-settings';

/** An option of a layer: a whole number, a part of one, or one of several names. */
export type LayerField =
  | { readonly kind: 'number'; readonly label: string }
  | { readonly kind: 'name'; readonly label: string; readonly names: readonly string[] };

export interface LayerForm {
  readonly title: string;
  /** The options of a new one. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, LayerField>>;
}

const number = (label: string): LayerField => ({ kind: 'number', label });
const name = (label: string, names: readonly string[]): LayerField => ({ kind: 'name', label, names });

/** By the kinds of the layers. Others of a preset stay as they are. */
export const layerForms: Readonly<Record<string, LayerForm>> = {
  conv2d: {
    title: 'convolution',
    options: { outChannels: 8, kernel: 3, padding: 'same' },
    fields: { outChannels: number('maps'), kernel: number('kernel'), padding: name('padding', ['valid', 'same']) },
  },
  activation: {
    title: 'activation',
    options: { activation: 'relu' },
    fields: { activation: name('function', nameSettings.activation.names) },
  },
  pool2d: {
    title: 'pooling',
    options: { pooling: 'max', window: 2 },
    fields: { pooling: name('pooling', ['max', 'mean']), window: number('window') },
  },
  batchNorm: { title: 'batch normalization', options: {}, fields: {} },
  dropout: { title: 'dropout', options: { rate: 0.2 }, fields: { rate: number('rate') } },
  flatten: { title: 'flatten', options: {}, fields: {} },
  globalAveragePool: { title: 'global average pooling', options: {}, fields: {} },
  dense: { title: 'dense', options: { outFeatures: 10 }, fields: { outFeatures: number('outputs') } },
};
