/** `--format safetensors`: the model file itself, which PyTorch reads. */
import { dirname } from 'node:path';
import { everyLayer } from '@longhand/layers';
import { encodeModel, type Model } from '@longhand/training';
import { moduleName } from '../../command/own-modules';
import type { Exporter } from '../exporter';
import { inkText, normalizedText } from '../python-text';

export const exportSafetensors: Exporter = (model, { output }) => {
  const { network, normalization } = model;
  const [height, width, channels] = network.inputShape;
  return {
    files: [
      { path: output, bytes: encodeModel(model, { moduleName: (url: string) => moduleName(url, dirname(output)) }) },
    ],
    advice: `In Python:

  from safetensors.torch import load_file
  network.load_state_dict(load_file(${JSON.stringify(output)}))   # an nn.Module with the layers ${layersOf(network)}${actsInTraining(network) ? '\n  network.eval()' : ''}
  logits = network(${normalizedText('torch.tensor', normalization)})   # pixels [batch, ${channels}, ${height}, ${width}]${inkText(model)}`,
  };
};

/** The layers with parameters, blocks with their branches: `conv, block (body, shortcut), fc`. */
function layersOf({ layers }: Model['network']): string {
  const named = layers.filter(({ parameters }) => parameters.length > 0);
  return named
    .map(({ name, layer, inputShape }) => {
      const branches = new Set(layer.nested?.(name, inputShape).map((nested) => nested.name.split('.')[0]));
      return branches.size === 0 ? name : `${name} (${[...branches].join(', ')})`;
    })
    .join(', ');
}

/** Whether PyTorch has to be told that the network is in use. */
function actsInTraining({ layers }: Model['network']): boolean {
  return everyLayer(layers).some(({ layer }) => ['batchNorm', 'dropout'].includes(layer.description.kind));
}
