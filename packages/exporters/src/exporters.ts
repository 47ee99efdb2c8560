/** The writer of each format; its code is loaded when it is asked for. */
import type { Exporter } from './exporter';
import type { FormatName } from './format-list';

const exporters: Readonly<Record<FormatName, () => Promise<Exporter>>> = {
  safetensors: async () => (await import('./formats/safetensors')).exportSafetensors,
  onnx: async () => (await import('./formats/onnx')).exportOnnx,
  tfjs: async () => (await import('./formats/tfjs')).exportTfjs,
  html: async () => (await import('./formats/html')).exportHtml,
  js: async () => (await import('./formats/js')).exportJs,
  pytorch: async () => (await import('./formats/pytorch')).exportPytorch,
  json: async () => (await import('./formats/json')).exportJson,
};

/**
 * The writer of a format.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const { files } = await (await exporterOf('onnx'))(model, { stem: 'digits', output: 'digits.onnx', options: {} });
 * files.map(({ path }) => path); // [ 'digits.onnx' ]
 */
export function exporterOf(name: FormatName): Promise<Exporter> {
  return exporters[name]();
}
