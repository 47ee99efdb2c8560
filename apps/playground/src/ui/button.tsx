import type { ComponentChildren } from 'preact';

export interface ButtonProps {
  readonly onClick: () => void;
  /** One on a page: what it is there for. */
  readonly primary?: boolean;
  readonly disabled?: boolean;
  /** What a screen reader says where the text does not say enough. */
  readonly label?: string;
  readonly pressed?: boolean;
  readonly children: ComponentChildren;
}

/** A button with words on it. */
export function Button({ onClick, primary = false, disabled = false, label, pressed, children }: ButtonProps) {
  return (
    <button
      type="button"
      class={primary ? 'button primary' : 'button'}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
