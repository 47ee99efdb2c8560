import type { ComponentChildren } from 'preact';

export interface NoticeProps {
  /** A failure is read out at once; a hint when there is time. */
  readonly kind: 'failure' | 'hint';
  readonly children: ComponentChildren;
}

/** A sentence across the page. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <p class={`notice ${kind}`} role={kind === 'failure' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}
