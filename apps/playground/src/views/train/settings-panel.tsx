/** How to train: everything that a run depends on besides its network. */
import { useSignal } from '@preact/signals';
import { changeSettings } from '../../address';
import { digits, reportFailure, wantDigits } from '../../session';
import { askSite, type OfferedData } from '../../site';
import { isRunning } from '../../training/current-run';
import {
  currentSettings,
  distortionNames,
  handwriting,
  type NameSetting,
  type NumberName,
  type NumberSetting,
  nameFallback,
  nameOf,
  nameSettings,
  numberFallback,
  numberOf,
  numberSettings,
  refusalOf,
} from '../../training/train-settings';
import { learningRateOf } from '../../training/training-plan';
import { Button } from '../../ui/button';
import { Choice, TextField } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { ScheduleLine } from './schedule-line';

export function SettingsPanel() {
  const settings = currentSettings();
  const distortions = distortionNames.filter((name) => (numberOf(settings, name) ?? 0) > 0);
  return (
    <Panel title="Run">
      <div class="fields">
        <DataField />
        <NameField name="optimizer" />
        <NumberField name="learning-rate" placeholder={`${learningRateOf({ ...settings, 'learning-rate': '' })}`} />
        <NameField name="schedule" />
        <ScheduleLine />
        <NumberField name="epochs" />
        <NumberField name="batch-size" />
        <NumberField name="hard-examples" />
        {(numberOf(settings, 'hard-examples') ?? 0) > 0 ? <NumberField name="hard-examples-after" /> : null}
        <NumberField name="limit" placeholder={digits.value?.training.count.toLocaleString('en-US') ?? 'all'} />
        <NumberField name="seed" />
      </div>
      <details class="more" open={distortions.length > 0}>
        <summary>
          Augmentation <span class="note">{distortions.length === 0 ? 'none' : distortions.join(', ')}</span>
        </summary>
        <div class="fields">
          {distortionNames.map((name) => (
            <NumberField key={name} name={name} />
          ))}
          <NumberField name="close-augmentation" />
          <div class="buttons">
            <Button onClick={() => changeSettings(handwriting)} disabled={isRunning.value}>
              As handwriting
            </Button>
            <Button onClick={() => changeSettings(cleared)} disabled={isRunning.value || distortions.length === 0}>
              None
            </Button>
          </div>
        </div>
      </details>
    </Panel>
  );
}

const cleared = Object.fromEntries(Object.keys(handwriting).map((name) => [name, undefined]));

/** MNIST, or the data that the server was begun with. */
function DataField() {
  const offered = useSignal<OfferedData | undefined>(undefined);
  const asked = useSignal(false);
  if (!asked.value) {
    asked.value = true;
    askSite().then(({ data }) => {
      offered.value = data;
    }, reportFailure);
  }
  if (offered.value === undefined) return null;
  const { path, name } = offered.value;
  return (
    <Choice
      label="Data"
      value={currentSettings().data ?? ''}
      options={[
        { value: '', title: 'MNIST' },
        { value: path, title: name },
      ]}
      disabled={isRunning.value}
      onChange={(chosen) => {
        changeSettings({ data: chosen === '' ? undefined : chosen });
        wantDigits(chosen).catch(reportFailure);
      }}
    />
  );
}

export function NameField({ name }: { readonly name: NameSetting }) {
  const { label, names } = nameSettings[name];
  const fallback = nameFallback(currentSettings(), name);
  return (
    <Choice
      label={label}
      value={nameOf(currentSettings(), name) as string}
      options={names as readonly string[]}
      disabled={isRunning.value}
      onChange={(value) => changeSettings({ [name]: value === fallback ? undefined : value })}
    />
  );
}

function NumberField({ name, placeholder }: { readonly name: NumberName; readonly placeholder?: string }) {
  const { label, isWhole = false }: NumberSetting = numberSettings[name];
  const fallback = numberFallback(currentSettings(), name);
  const text = currentSettings()[name] ?? '';
  return (
    <TextField
      label={label}
      value={text === '' && fallback !== undefined ? `${fallback}` : text}
      inputMode={isWhole ? 'numeric' : 'decimal'}
      {...(placeholder !== undefined && { placeholder })}
      disabled={isRunning.value}
      refusal={text === '' ? undefined : refusalOf(name, text)}
      onChange={(value) => changeSettings({ [name]: value === '' || value === `${fallback}` ? undefined : value })}
    />
  );
}
