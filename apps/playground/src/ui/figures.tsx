export interface FiguresProps {
  /** What it is, and the number as a text. */
  readonly entries: readonly (readonly [label: string, value: string])[];
}

/** Numbers in a row, each with what it is. */
export function Figures({ entries }: FiguresProps) {
  return (
    <dl class="figures">
      {entries.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
