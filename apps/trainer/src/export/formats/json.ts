/** `--format json`: for reading. */
import { dirname } from 'node:path';
import { moduleName } from '../../command/own-modules';
import type { Exporter } from '../exporter';
import { readableJson } from '../readable-json';

export const exportJson: Exporter = (model, { output }) => {
  const text = readableJson(model, { moduleName: (url) => moduleName(url, dirname(output)) });
  return {
    files: [{ path: output, bytes: new TextEncoder().encode(text) }],
    advice: 'Open it in any editor: first the network, then every weight under "parameters".',
  };
};
