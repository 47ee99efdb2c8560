/** `--format json`: for reading. */
import type { Exporter } from '../exporter';
import { readableJson } from '../readable-json';

export const exportJson: Exporter = (model, { output, moduleName }) => {
  const text = readableJson(model, { ...(moduleName && { moduleName }) });
  return {
    files: [{ path: output, bytes: new TextEncoder().encode(text) }],
    advice: 'Open it in any editor: first the network, then every weight under "parameters".',
  };
};
