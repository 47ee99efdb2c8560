/** `--format safetensors`: the model file itself, which PyTorch reads. */
import { everyLayer } from '@longhand/layers';
import { encodeModel, type Model } from '@longhand/training';
import type { Exporter } from '../exporter';
import { inkText, normalizedText } from '../python-text';

export const exportSafetensors: Exporter = (model, { output, moduleName, options: { quantize } }) => {
  const { network, normalization } = model;
  const [height, width, channels] = network.inputShape;
  const file = `load_file(${JSON.stringify(output)})`;
  const loading =
    quantize === undefined
      ? `  network.load_state_dict(${file})`
      : `  tensors = ${file}
  scaled = lambda name, t: t.float() * tensors[name + "_scale"].view(-1, *[1] * (t.dim() - 1)) if f"{name}_scale" in tensors else t
  network.load_state_dict({name: scaled(name, t) for name, t in tensors.items() if not name.endswith("_scale")})`;
  return {
    files: [
      {
        path: output,
        bytes: encodeModel(model, { ...(moduleName && { moduleName }), ...(quantize && { quantize }) }),
      },
    ],
    advice: `In Python:

  from safetensors.torch import load_file
${loading}   # an nn.Module with the layers ${layersOf(network)}${actsInTraining(network) ? '\n  network.eval()' : ''}
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
