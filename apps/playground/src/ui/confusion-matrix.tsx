/** A confusion matrix as a table: rows are true classes, columns predicted ones, and mistakes are colored by their number. */
export interface ConfusionMatrixProps {
  /** The number of images by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly string[];
  /** The cell whose images are shown. */
  readonly selected?: readonly [trueClass: number, predictedClass: number] | undefined;
  readonly onSelect: (cell: readonly [trueClass: number, predictedClass: number] | undefined) => void;
}

/** More classes would not fit on a page. */
export const mostClasses = 16;

export function ConfusionMatrix({ confusion, classes, selected, onSelect }: ConfusionMatrixProps) {
  const mistakes = confusion.flatMap((row, at) => row.filter((_, other) => other !== at));
  const most = mistakes.reduce((one, other) => Math.max(one, other), 1);
  const isSelected = (row: number, column: number): boolean => selected?.[0] === row && selected[1] === column;
  return (
    <div class="confusion">
      <table>
        <caption class="visually-hidden">The number of test images by true and predicted class</caption>
        <thead>
          <tr>
            <th scope="col">true \ predicted</th>
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, trueClass) => (
            <tr key={classes[trueClass]}>
              <th scope="row">{classes[trueClass]}</th>
              {row.map((count, predicted) => (
                <td key={classes[predicted]} class={trueClass === predicted ? 'correct' : ''}>
                  {trueClass === predicted || count === 0 ? (
                    count || <span aria-hidden="true">·</span>
                  ) : (
                    <button
                      type="button"
                      class={`level-${Math.min(Math.ceil((count / most) * 5), 5)}`}
                      aria-pressed={isSelected(trueClass, predicted)}
                      aria-label={`${count} of class ${classes[trueClass]} predicted as ${classes[predicted]}`}
                      onClick={() => onSelect(isSelected(trueClass, predicted) ? undefined : [trueClass, predicted])}
                    >
                      {count}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
