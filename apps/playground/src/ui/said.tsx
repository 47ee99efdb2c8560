import type { ComponentChildren } from 'preact';

export interface SaidProps {
  /** What a screen reader says in the place of what is seen. */
  readonly as: string;
  readonly children: ComponentChildren;
}

/** What is said in words and seen as something else: a symbol, say, as its name. */
export function Said({ as, children }: SaidProps) {
  return (
    <>
      <span class="seen" aria-hidden="true">
        {children}
      </span>
      <span class="visually-hidden">{as}</span>
    </>
  );
}
