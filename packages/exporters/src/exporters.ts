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
 * @example (await exporterOf('onnx'))(model, { stem: 'digits', output: 'digits.onnx', options: {} })
 */
export function exporterOf(name: FormatName): Promise<Exporter> {
  return exporters[name]();
}
