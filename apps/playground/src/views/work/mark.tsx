import type { DerivationStep } from '@longhand/worked-examples';
import { Said } from '../../ui/said';

/** A tick where the printed figure agrees, a cross where it does not. */
export function Mark({ printed }: { readonly printed: DerivationStep['printed'] }) {
  if (printed === undefined) return null;
  return (
    <span class={printed.agrees ? 'agrees' : 'differs'}>
      <Said as={printed.agrees ? 'agrees' : 'differs'}>{printed.agrees ? '✓' : '✗'}</Said>
    </span>
  );
}
