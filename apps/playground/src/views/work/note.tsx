import { notePieces, symbolsOf } from '@longhand/worked-examples';
import { computed } from '@preact/signals';
import { InlineMath } from '../../ui/formula';
import { derivation } from '../../working/choice';

const symbols = computed(() => symbolsOf(derivation.value));

/** A note in words, with the names of quantities typeset as in formulas. */
export function Note({ text }: { readonly text: string }) {
  return (
    <>
      {notePieces(text, symbols.value).map((piece, at) =>
        'latex' in piece ? <InlineMath key={at} latex={piece.latex} /> : <span key={at}>{piece.words}</span>,
      )}
    </>
  );
}
