import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface PanelProps {
  readonly title: string;
  /** Beside the title, in a few words. */
  readonly note?: ComponentChildren;
  /** A class for what only this panel looks like. */
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A part of a view with its title. */
export function Panel({ title, note, class: own = '', children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${own}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span class="note">{note}</span>}
      </header>
      {children}
    </section>
  );
}
