/** The network: a preset or one that is built here, with the shape and the parameters of each layer as they follow. */
import { describeNetwork, summary } from '@longhand/layers';
import { countText } from '@longhand/rendering';
import { computed } from '@preact/signals';
import { changeSettings } from '../../address';
import { digits } from '../../session';
import { isRunning } from '../../training/current-run';
import { currentSettings, nameOf, nameSettings } from '../../training/train-settings';
import { dataShape, layersText, mnistShape, networkOf, ownLayers } from '../../training/training-plan';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { LayerList } from './layer-list';
import { NameField } from './settings-panel';

const shape = computed(() => (digits.value === undefined ? mnistShape : dataShape(digits.value)));

/** The network of the settings, or why there is none. */
const planned = computed(() => {
  try {
    return { network: networkOf(currentSettings(), shape.value), refusal: undefined };
  } catch (error) {
    return { network: undefined, refusal: error instanceof Error ? error.message : String(error) };
  }
});

/** The network as the file that `longhand train --model` takes. */
export const networkText = computed(() => {
  const { network } = planned.value;
  return network === undefined ? '' : `${JSON.stringify(describeNetwork(network), null, 2)}\n`;
});

export function NetworkPanel() {
  const settings = currentSettings();
  const name = nameOf(settings, 'network');
  const { network, refusal } = planned.value;
  return (
    <Panel
      title="Network"
      note={network === undefined ? undefined : `${countText(summary(network).parameters)} parameters`}
    >
      <div class="fields">
        <Choice
          label="Network"
          value={name}
          options={nameSettings.network.names.map((value) => ({
            value,
            title: value === 'own' ? 'your own' : value,
          }))}
          disabled={isRunning.value}
          onChange={choose}
        />
        {name === 'own' ? null : (
          <>
            <NameField name="activation" />
            <NameField name="pooling" />
          </>
        )}
      </div>
      {name === 'own' ? <LayerList layers={ownLayers(settings)} input={shape.value.input} /> : <LayerTable />}
      {refusal === undefined ? null : (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
      {name === 'own' ? null : (
        <div class="change-layers">
          <Button onClick={() => choose('own')} disabled={isRunning.value}>
            Change its layers
          </Button>
        </div>
      )}
    </Panel>
  );
}

/** Building begins with the layers of the preset before. */
function choose(name: string): void {
  const { network } = planned.value;
  if (name === 'own' && network !== undefined) changeSettings({ network: name, layers: layersText(network) });
  else changeSettings({ network: name === nameSettings.network.fallback ? undefined : name, layers: undefined });
}

function LayerTable() {
  const { network } = planned.value;
  if (network === undefined) return null;
  return (
    <table class="layers">
      <caption class="visually-hidden">The layers of the network</caption>
      <thead>
        <tr>
          <th scope="col">layer</th>
          <th scope="col">output</th>
          <th scope="col">parameters</th>
        </tr>
      </thead>
      <tbody>
        {summary(network).rows.map(({ name, symbol, outputShape, parameters }) => (
          <tr key={name}>
            <th scope="row">
              {name} {symbol === undefined ? null : <span class="symbol">{symbol}</span>}
            </th>
            <td>{outputShape.join('×')}</td>
            <td>{parameters === 0 ? '' : countText(parameters)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
