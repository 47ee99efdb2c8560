/** The frame around every view: title, tabs, the present model, and what went wrong. */

import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { address, addressOf, showView } from './address';
import { ModelMenu } from './model-menu';
import { isKept } from './offline';
import { loadFailure } from './session';
import { Notice } from './ui/notice';
import { viewOf, views } from './views/registry';

export function Shell() {
  const view = viewOf(address.value.view);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <header class="masthead">
        <h1>
          Longhand <span>playground</span>
        </h1>
        <nav aria-label="Views">
          {views.map(({ name, title }) => (
            <a
              key={name}
              href={addressOf(name)}
              aria-current={name === view.name ? 'page' : undefined}
              onClick={(event) => {
                // Into another tab the browser follows it.
                if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                if (name !== view.name) showView(name);
              }}
            >
              {title}
            </a>
          ))}
        </nav>
        <ModelMenu />
      </header>
      <main id="content" tabIndex={-1}>
        {loadFailure.value === undefined ? null : <Notice kind="failure">{loadFailure.value}</Notice>}
        <ViewContent key={view.name} name={view.name} />
      </main>
      <footer class="footer note">
        <span>The engine, the speed and the bytes of the command line, in this tab.</span>
        <span role="status">{isKept.value ? 'Loaded: works without a network now.' : ''}</span>
      </footer>
    </>
  );
}

function ViewContent({ name }: { readonly name: string }) {
  const content: Signal<ComponentType | undefined> = useSignal(undefined);
  useSignalEffect(() => {
    viewOf(name)
      .load()
      .then(
        (module) => {
          content.value = module.default;
        },
        (error) => {
          loadFailure.value = `view ${name}: ${error instanceof Error ? error.message : String(error)}; load the page again`;
        },
      );
  });
  const Content = content.value;
  return Content === undefined ? null : <Content />;
}
