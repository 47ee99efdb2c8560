/** The present model, with a menu of what can be done with it. A dropped file is opened too. */
import { percentText } from '@longhand/rendering';
import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useRef } from 'preact/hooks';
import { isModelName, modelEndings } from './models/model-names';
import type { ModelPanelProps } from './models/model-panel';
import { presentModel, reportFailure } from './session';

export function ModelMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  /** The code that reads and writes models comes when the menu is opened. */
  const panel: Signal<ComponentType<ModelPanelProps> | undefined> = useSignal(undefined);
  const model = presentModel.value;
  useSignalEffect(() => listenForDrops());
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  if (model === undefined) return <p class="model-line">Loading the model …</p>;
  const accuracy = model.test === undefined ? '' : `, ${percentText(model.test.accuracy)} of the test digits`;
  const Panel = panel.value;
  return (
    <details
      class="model-menu"
      ref={menu}
      onToggle={() => {
        import('./models/model-panel').then(({ ModelPanel }) => {
          panel.value = ModelPanel;
        }, reportFailure);
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <summary class="model-line">{`Model: ${model.origin}${accuracy}`}</summary>
      {Panel === undefined ? null : <Panel pick={() => picker.current?.click()} close={close} />}
      <input
        ref={picker}
        type="file"
        hidden
        accept={modelEndings.join()}
        aria-label="A model's file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          close();
          if (file !== undefined) presentFile(file).catch(reportFailure);
          currentTarget.value = '';
        }}
      />
    </details>
  );
}

/** Opens the menu from elsewhere, where the model can be saved. */
export function openModelMenu(): void {
  const menu = document.querySelector<HTMLDetailsElement>('.model-menu');
  if (menu === null) return;
  menu.open = true;
  menu.querySelector('summary')?.focus();
}

async function presentFile(file: File): Promise<void> {
  const { openFile } = await import('./models/present-file');
  await openFile(file);
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
