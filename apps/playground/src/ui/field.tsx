/** Fields of a form: a label, what is typed or chosen, and why it was refused. */
import { useId } from 'preact/hooks';

interface CommonProps {
  readonly label: string;
  readonly disabled?: boolean;
}

export interface ChoiceProps<Value extends string> extends CommonProps {
  readonly value: Value;
  readonly options: readonly (Value | { readonly value: Value; readonly title: string })[];
  readonly onChange: (value: Value) => void;
}

/** One of several names. */
export function Choice<Value extends string>({
  label,
  disabled = false,
  value,
  options,
  onChange,
}: ChoiceProps<Value>) {
  const id = useId();
  const entries = options.map((option) => (typeof option === 'string' ? { value: option, title: option } : option));
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        disabled={disabled}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = entries[currentTarget.selectedIndex];
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {entries.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface TextFieldProps extends CommonProps {
  readonly value: string;
  /** What stands there in gray while nothing is typed. */
  readonly placeholder?: string;
  /** Which keyboard a phone shows. Default: `decimal`. */
  readonly inputMode?: 'decimal' | 'numeric' | 'text';
  /** Why the value cannot be used, in one line. */
  readonly refusal?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A number or a text, as typed. */
export function TextField(props: TextFieldProps) {
  const { label, disabled = false, value, placeholder, inputMode = 'decimal', refusal, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={inputMode}
        autocomplete="off"
        disabled={disabled}
        value={value}
        placeholder={placeholder}
        aria-invalid={refusal !== undefined}
        aria-describedby={refusal === undefined ? undefined : `${id}-refusal`}
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
      {refusal === undefined ? null : (
        <p class="refusal" id={`${id}-refusal`}>
          {refusal}
        </p>
      )}
    </div>
  );
}
