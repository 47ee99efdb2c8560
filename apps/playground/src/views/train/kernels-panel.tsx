/** The kernels of the convolutions as they change, in the symbols of the notes where the network has them. */
import { everyLayer, weightImages } from '@longhand/layers';
import { computed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { presentModel } from '../../session';
import { currentRun } from '../../training/current-run';
import { KernelImages } from '../../ui/kernel-images';
import { Panel } from '../../ui/panel';
import { useWidth } from '../../ui/width';

/** Those of the run; before it, those of the present model. */
const shown = computed(() => {
  const run = currentRun.value;
  const weights = run?.weights.value;
  if (run !== undefined && weights !== undefined) return { network: run.options.training.network, parameters: weights };
  return run === undefined ? presentModel.value : undefined;
});

export function KernelsPanel() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 300);
  const model = shown.value;
  const layers =
    model === undefined
      ? []
      : everyLayer(model.network.layers)
          .filter(({ layer }) => layer.description.kind === 'conv2d')
          .slice(0, 2);
  return (
    <Panel
      title="Kernels"
      note={currentRun.value === undefined ? 'of the present model' : 'as they change'}
      class="kernels"
    >
      <div ref={frame}>
        {model === undefined ? <p class="note">They appear with the first steps.</p> : null}
        {model === undefined
          ? null
          : layers.map(({ name, symbol }) => {
              const images = weightImages(model.network, model.parameters, name);
              if (images === undefined) return null;
              const { outputs, inputs, height, width: across } = images;
              return (
                <figure key={name}>
                  <figcaption>
                    {symbolOf(symbol) ?? name}{' '}
                    <span class="note">
                      {outputs} kernels of {height}×{across}
                      {inputs === 1 ? '' : ` over ${inputs} maps`}
                    </span>
                  </figcaption>
                  <KernelImages
                    images={images}
                    label={`The kernels of ${name}: ${outputs} by ${inputs}, each ${height} by ${across}`}
                    width={width}
                  />
                </figure>
              );
            })}
        <p class="note key">
          <i class="negative" /> negative <i class="zero" /> zero <i class="positive" /> positive
        </p>
      </div>
    </Panel>
  );
}

/** The kernels' own symbol: `k¹` of `k¹, b¹`. */
function symbolOf(symbol: string | undefined): string | undefined {
  return symbol?.split(',')[0];
}
