/** The gradients of the loss by every entry of every map, and by every weight. */
import { asked, askedCell, presentWeights } from '../../inside/asked';
import { LayerMaps, type LitCells } from '../../inside/layer-maps';
import { cellName, type MapLayer } from '../../inside/map-layers';
import { presentLayers, presentStep } from '../../inside/present-step';
import { Panel } from '../../ui/panel';

export function MapGradients() {
  return (
    <Panel
      title="Gradients of the maps"
      note="where blue, more would raise the loss; where orange, lower it"
      class="whole-row"
    >
      <div class="network-maps">
        {presentLayers.value
          .filter(({ kind }) => kind !== 'prediction')
          .map((layer) => (
            <Gradients key={layer.stem} layer={layer} />
          ))}
      </div>
    </Panel>
  );
}

export function WeightGradients() {
  return (
    <Panel
      title="Gradients of the weights"
      note="a step of training goes against them; click any weight"
      class="whole-row"
    >
      <div class="network-maps">
        {byLayer(presentWeights.value).map((layers) => (
          <div class="of-layer" key={layers[0]?.stem}>
            {layers.map((layer) => (
              <Gradients key={layer.stem} layer={layer} />
            ))}
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** The parameters of each layer together: a bias stands below its weights. */
function byLayer(parameters: readonly MapLayer[]): readonly (readonly MapLayer[])[] {
  const layers = new Map<string, MapLayer[]>();
  for (const parameter of parameters) {
    const { source } = parameter.family;
    const layer = source.kind === 'parameter' ? source.path.slice(0, source.path.lastIndexOf('.')) : parameter.stem;
    layers.set(layer, [...(layers.get(layer) ?? []), parameter]);
  }
  return [...layers.values()];
}

function Gradients({ layer }: { readonly layer: MapLayer }) {
  const values = presentStep.value?.gradientsOf(layer.family);
  if (values === undefined) return null;
  return <LayerMaps layer={layer} values={values} what="gradient" lit={litOf(layer)} />;
}

function litOf(layer: MapLayer): LitCells {
  const cell = askedCell(layer);
  return {
    focused: cell,
    region:
      cell === undefined
        ? undefined
        : {
            rows: [cell.row, cell.row + 1],
            columns: [cell.column, cell.column + 1],
            channels: [cell.channel, cell.channel + 1],
          },
    isFaded: false,
    choose(chosen) {
      asked.value = cellName(layer, chosen);
    },
    forget() {
      asked.value = undefined;
    },
  };
}
