/** What can be done with the present model: another one opened, this one saved in any format that `longhand export` writes. */
import { type FormatName, formatEntry, formatNames } from '@longhand/exporters';
import { percentText } from '@longhand/rendering';
import { useSignal } from '@preact/signals';
import { loadFirstModel, presentModel, reportFailure } from '../session';
import { askSite, type OfferedRun } from '../site';
import { Button } from '../ui/button';
import { download } from '../ui/download';
import { networkWords } from './network-words';
import { openRun } from './present-file';
import { type SavedModel, savedModel } from './save-model';

export interface ModelPanelProps {
  /** Lets a file be chosen. */
  readonly pick: () => void;
  readonly close: () => void;
}

export function ModelPanel({ pick, close }: ModelPanelProps) {
  const runs = useSignal<readonly OfferedRun[]>([]);
  const asked = useSignal(false);
  const model = presentModel.value;
  if (!asked.value) {
    asked.value = true;
    askSite().then((site) => {
      runs.value = site.runs;
    }, reportFailure);
  }
  /** Does it, and closes the menu. */
  const choose = (work: () => Promise<void>) => (): void => {
    close();
    work().catch(reportFailure);
  };
  return (
    <div class="panel">
      <section>
        {model === undefined ? null : <p class="note">{`The present model: ${networkWords(model.network)}.`}</p>}
        <h2>Open</h2>
        <Button onClick={pick}>A file …</Button>
        <p class="note">safetensors, ONNX, or PyTorch’s .pt; a file may be dropped anywhere, too.</p>
        <Button
          onClick={choose(() => {
            presentModel.value = undefined;
            return loadFirstModel();
          })}
        >
          The model of this page
        </Button>
        {runs.value.map(({ name, network, accuracy }) => (
          <Button key={name} onClick={choose(() => openRun(name))}>
            {name}{' '}
            <span class="note">
              {network}, {percentText(accuracy)} of its test images
            </span>
          </Button>
        ))}
      </section>
      <Save />
    </div>
  );
}

/** A button for each format. What was saved last says how it is used. */
function Save() {
  const saved = useSignal<SavedModel | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);
  const save = async (format: FormatName): Promise<void> => {
    const model = presentModel.value;
    if (model === undefined) return;
    [saved.value, refusal.value] = [undefined, undefined];
    try {
      const file = await savedModel(model, format);
      download(file.name, file.bytes);
      saved.value = file;
    } catch (error) {
      refusal.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <section>
      <h2>Save</h2>
      <ul class="formats">
        {formatNames.map((name) => (
          <li key={name}>
            <Button onClick={() => void save(name)}>{formatEntry(name).title}</Button>
            <span class="note">{formatEntry(name).help}</span>
          </li>
        ))}
      </ul>
      {refusal.value === undefined ? null : (
        <p class="refusal" role="alert">
          {refusal.value}
        </p>
      )}
      {saved.value === undefined ? null : (
        <div class="advice" role="status">
          <p>{`Saved ${saved.value.name}.`}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the menu is scrolled with arrow keys. */}
          <pre tabIndex={0}>{saved.value.advice}</pre>
        </div>
      )}
    </section>
  );
}
