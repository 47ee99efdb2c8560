/** Whether the page is as narrow as a phone, where layers lie one below the other. */
import { signal } from '@preact/signals';

const query = globalThis.matchMedia?.('(max-width: 700px)');

export const isNarrow = signal(query?.matches ?? false);

query?.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});
