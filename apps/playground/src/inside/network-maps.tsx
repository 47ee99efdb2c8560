/** The whole network as it reads a digit, from the input to the probabilities. */

import { mostProbable } from '@longhand/training';
import { valueText } from '@longhand/worked-examples';
import { chosen } from '../drawing/reading';
import { presentModel } from '../session';
import { probabilityText } from '../ui/probability-text';
import { field, focus } from './focus';
import { LayerMaps } from './layer-maps';
import type { MapLayer } from './map-layers';
import { presentLayers, presentStep } from './present-step';
import './inside.css';

export function NetworkMaps() {
  const step = presentStep.value;
  const ink = chosen.value?.prepared.image.pixels;
  const layers = presentLayers.value;
  const scores = layers.filter(({ ofClasses }) => ofClasses);
  return (
    <div class="network-maps">
      {layers
        .filter(({ ofClasses }) => !ofClasses)
        .map((layer) => (
          <LayerMaps
            key={layer.stem}
            layer={layer}
            values={step?.valuesOf(layer.family)}
            ink={layer.kind === 'input' && layer.channels === 1 ? (ink ?? []) : undefined}
          />
        ))}
      <Scores layers={scores} />
    </div>
  );
}

/** A row for each class: its output, and its probability as a bar. */
function Scores({ layers }: { readonly layers: readonly MapLayer[] }) {
  const step = presentStep.value;
  const classes = presentModel.value?.classes ?? [];
  const [outputs, probabilities] = layers;
  if (outputs === undefined || probabilities === undefined) return null;
  const [o, p] = [step?.valuesOf(outputs.family), step?.valuesOf(probabilities.family)];
  const best = p === undefined ? -1 : mostProbable(p);
  return (
    <div class="scores">
      <table>
        <caption class="visually-hidden">Outputs and probabilities of the classes</caption>
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">{outputs.title}</th>
            <th scope="col">{probabilities.title}</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((name, at) => (
            <tr key={name} class={at === best ? 'best' : ''}>
              <th scope="row">{name}</th>
              {[outputs, probabilities].map((layer) => (
                <td key={layer.stem}>
                  <ScoreButton layer={layer} at={at} name={name} value={layer === outputs ? o?.[at] : p?.[at]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ScoreButtonProps {
  readonly layer: MapLayer;
  readonly at: number;
  readonly name: string;
  readonly value: number | undefined;
}

function ScoreButton({ layer, at, name, value }: ScoreButtonProps) {
  const cell = { channel: 0, row: 0, column: at };
  const region = field.value.get(layer.stem);
  const isLit = region !== undefined && at >= region.columns[0] && at < region.columns[1];
  const isProbability = layer.kind === 'prediction';
  const text =
    value === undefined
      ? ''
      : isProbability
        ? probabilityText(value)
        : Number(value.toFixed(2)).toFixed(2).replace('-', '−');
  return (
    <button
      type="button"
      class={`score${isLit ? ' lit' : ''}${isProbability ? ' probability' : ''}`}
      disabled={value === undefined}
      aria-pressed={focus.value?.stem === layer.stem && focus.value.cell.column === at}
      title={value === undefined ? undefined : valueText(value)}
      onClick={() => {
        focus.value = { stem: layer.stem, cell };
      }}
    >
      {isProbability ? <span class="bar" style={{ transform: `scaleX(${value ?? 0})` }} /> : null}
      <span class="visually-hidden">{`${layer.title} of ${name}: `}</span>
      <span class="number">{text}</span>
    </button>
  );
}
