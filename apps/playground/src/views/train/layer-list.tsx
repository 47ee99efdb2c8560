/** A network that is built here: its layers one under another, each with its options, its output and its parameters. */
import { type Network, networkFrom, summary } from '@longhand/layers';
import { countText } from '@longhand/rendering';
import { changeSettings } from '../../address';
import { isRunning } from '../../training/current-run';
import { Button } from '../../ui/button';
import { type LayerField, layerForms } from './layer-forms';

/** A layer as the address has it. */
type WrittenLayer = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface LayerListProps {
  readonly layers: readonly unknown[];
  readonly input: readonly number[];
}

export function LayerList({ layers, input }: LayerListProps) {
  // By hand, a layer without options may be its kind alone.
  const written = layers.map((layer) => (typeof layer === 'string' ? { kind: layer } : layer)).filter(isWritten);
  const change = (changed: readonly WrittenLayer[]): void => changeSettings({ layers: JSON.stringify(changed) });
  return (
    <ol class="layer-list">
      {written.map((layer, at) => (
        <LayerRow
          key={at}
          layer={layer}
          figures={figuresOf(written.slice(0, at + 1), input)}
          isFirst={at === 0}
          onChange={(to) => change(written.map((other, index) => (index === at ? to : other)))}
          onRemove={() => change(written.filter((_, index) => index !== at))}
          onRaise={() => change(written.map((other, index) => raised(written, at, index) ?? other))}
        />
      ))}
      <li class="add">
        <select
          aria-label="Add a layer"
          value=""
          disabled={isRunning.value}
          onChange={({ currentTarget }) => {
            const form = layerForms[currentTarget.value];
            if (form !== undefined) change([...written, { kind: currentTarget.value, ...form.options }]);
            currentTarget.value = '';
          }}
        >
          <option value="">Add a layer …</option>
          {Object.entries(layerForms).map(([kind, { title }]) => (
            <option key={kind} value={kind}>
              {title}
            </option>
          ))}
        </select>
      </li>
    </ol>
  );
}

/** The layer at `index` once the one at `at` has changed places with the one before it. */
function raised(layers: readonly WrittenLayer[], at: number, index: number): WrittenLayer | undefined {
  if (index === at) return layers[at - 1];
  return index === at - 1 ? layers[at] : undefined;
}

function isWritten(layer: unknown): layer is WrittenLayer {
  return typeof layer === 'object' && layer !== null && typeof Reflect.get(layer, 'kind') === 'string';
}

/** Output and parameters of the last of some layers; undefined where they do not fit, which the line below says. */
function figuresOf(layers: readonly WrittenLayer[], input: readonly number[]): string | undefined {
  let network: Network;
  try {
    network = networkFrom({ input, layers });
  } catch {
    return undefined;
  }
  const { outputShape = [], parameters = 0 } = summary(network).rows.at(-1) ?? {};
  return `${outputShape.join('×')}${parameters === 0 ? '' : `, ${countText(parameters)} parameters`}`;
}

interface LayerRowProps {
  readonly layer: WrittenLayer;
  readonly figures: string | undefined;
  readonly isFirst: boolean;
  readonly onChange: (layer: WrittenLayer) => void;
  readonly onRemove: () => void;
  readonly onRaise: () => void;
}

function LayerRow({ layer, figures, isFirst, onChange, onRemove, onRaise }: LayerRowProps) {
  const form = layerForms[layer.kind];
  const title = form?.title ?? layer.kind;
  return (
    <li>
      <div class="layer-head">
        <strong>{title}</strong>
        <Button onClick={onRaise} disabled={isRunning.value || isFirst} label={`Move ${title} up`}>
          ↑
        </Button>
        <Button onClick={onRemove} disabled={isRunning.value} label={`Remove ${title}`}>
          ×
        </Button>
      </div>
      <p class="note">{figures ?? 'does not fit'}</p>
      <div class="layer-options">
        {Object.entries(form?.fields ?? {}).map(([key, field]) => (
          <div key={key}>
            <span class="note">{field.label}</span>
            <OptionInput
              field={field}
              label={`${title}: ${field.label}`}
              value={layer[key]}
              onChange={(value) => onChange({ ...layer, [key]: value })}
            />
          </div>
        ))}
      </div>
    </li>
  );
}

interface OptionInputProps {
  readonly field: LayerField;
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function OptionInput({ field, label, value, onChange }: OptionInputProps) {
  if (field.kind === 'name') {
    return (
      <select
        aria-label={label}
        value={String(value ?? field.names[0])}
        disabled={isRunning.value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {field.names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    );
  }
  return (
    <input
      type="text"
      aria-label={label}
      inputMode="decimal"
      value={Array.isArray(value) ? value.join('×') : String(value ?? '')}
      disabled={isRunning.value}
      onChange={({ currentTarget }) => {
        const typed = Number(currentTarget.value);
        onChange(currentTarget.value.trim() === '' || Number.isNaN(typed) ? currentTarget.value : typed);
      }}
    />
  );
}
