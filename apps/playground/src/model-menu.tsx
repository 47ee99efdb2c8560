/** The present model, and what can be done with it: another one opened, this one saved. A dropped file is opened too. */
import { percentText } from '@longhand/rendering';
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { isModelName, modelEndings, type SaveFormat, saveFormats } from './models/model-names';
import { loadFirstModel, presentModel, reportFailure } from './session';
import { askSite, type OfferedRun } from './site';
import { Button } from './ui/button';
import { download } from './ui/download';

export function ModelMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const runs = useSignal<readonly OfferedRun[]>([]);
  const model = presentModel.value;
  useSignalEffect(() => listenForDrops());
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  /** Does it, and closes the menu. */
  const choose = (work: () => void | Promise<void>) => (): void => {
    close();
    Promise.resolve().then(work).catch(reportFailure);
  };
  const save = (format: SaveFormat) => async (): Promise<void> => {
    const { fileOfModel } = await import('./models/save-model');
    if (model !== undefined) download(`model.${format}`, fileOfModel(model, format));
  };
  if (model === undefined) return <p class="model-line">Loading the model …</p>;
  const accuracy = model.test === undefined ? '' : `, ${percentText(model.test.accuracy)} of the test digits`;
  return (
    <details
      class="model-menu"
      ref={menu}
      onToggle={() => {
        askSite().then((site) => {
          runs.value = site.runs;
        }, reportFailure);
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <summary class="model-line">{`Model: ${model.origin}${accuracy}`}</summary>
      <div class="panel">
        <h2>Open</h2>
        <Button onClick={() => picker.current?.click()}>A file …</Button>
        <input
          ref={picker}
          type="file"
          hidden
          accept={modelEndings.join()}
          aria-label="A model's file"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) choose(() => presentFile(file))();
            currentTarget.value = '';
          }}
        />
        <p class="note">safetensors, ONNX, or PyTorch’s .pt; a file may be dropped anywhere, too.</p>
        <Button
          onClick={choose(() => {
            presentModel.value = undefined;
            return loadFirstModel();
          })}
        >
          The model of this page
        </Button>
        {runs.value.map(({ name, network, accuracy: share }) => (
          <Button key={name} onClick={choose(() => presentRun(name))}>
            {name}{' '}
            <span class="note">
              {network}, {percentText(share)} of its test images
            </span>
          </Button>
        ))}
        <h2>Save</h2>
        {(Object.keys(saveFormats) as SaveFormat[]).map((format) => (
          <Button key={format} onClick={choose(save(format))}>
            {saveFormats[format]}
          </Button>
        ))}
      </div>
    </details>
  );
}

/** The code that reads models comes when there is one to be read. */
async function presentFile(file: File): Promise<void> {
  const { openFile } = await import('./models/present-file');
  await openFile(file);
}

async function presentRun(name: string): Promise<void> {
  const { openRun } = await import('./models/present-file');
  await openRun(name);
}

/** Models are opened wherever they are dropped; other files are left to the view below. Nothing dropped takes the page's place. */
function listenForDrops(): () => void {
  const over = (event: DragEvent): void => event.preventDefault();
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => isModelName(name));
    if (file !== undefined) presentFile(file).catch(reportFailure);
  };
  addEventListener('dragover', over);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragover', over);
    removeEventListener('drop', drop);
  };
}
