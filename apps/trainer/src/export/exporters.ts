/** The writer of each format. */
import type { Exporter } from './exporter';
import type { FormatName } from './format-list';
import { exportHtml } from './formats/html';
import { exportJs } from './formats/js';
import { exportJson } from './formats/json';
import { exportOnnx } from './formats/onnx';
import { exportPytorch } from './formats/pytorch';
import { exportSafetensors } from './formats/safetensors';
import { exportTfjs } from './formats/tfjs';

export const exporters: Readonly<Record<FormatName, Exporter>> = {
  safetensors: exportSafetensors,
  onnx: exportOnnx,
  tfjs: exportTfjs,
  html: exportHtml,
  js: exportJs,
  pytorch: exportPytorch,
  json: exportJson,
};
