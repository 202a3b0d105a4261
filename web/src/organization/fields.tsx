import { useId, type ReactNode, type Ref } from 'react';

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

/** A field with its label above it and what it means below. `children` gets the ids that tie them together. */
function Field({
  label,
  hint,
  children,
}: Omit<FieldProps, 'name'> & { readonly children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const described = hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, ...described })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby'?: string;
}

export function CheckField({ name, label, hint, value }: FieldProps & { readonly value: boolean }) {
  const id = useId();
  return (
    <div className="field check">
      <input
        id={id}
        type="checkbox"
        name={name}
        defaultChecked={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface ChoiceFieldProps extends FieldProps {
  /** What it says where nothing is chosen. */
  readonly none: string;
  readonly options: Readonly<Record<string, string>>;
  readonly value: string | null;
}

export function ChoiceField({ name, none, options, value, ...words }: ChoiceFieldProps) {
  return (
    <Field {...words}>
      {(ids) => (
        <select {...ids} name={name} defaultValue={value ?? ''}>
          <option value="">{none}</option>
          {Object.entries(options).map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NumberFieldProps extends FieldProps {
  /** Seconds. */
  readonly value: number | null;
  /** Seconds in one of what the field counts. */
  readonly unit: number;
}

/** A minute at the least and thirty days at the most, as the service asks. */
export function NumberField({ name, value, unit, ...words }: NumberFieldProps) {
  return (
    <Field {...words}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          name={name}
          min={60 / unit}
          max={2_592_000 / unit}
          step="any"
          inputMode="decimal"
          defaultValue={value === null ? '' : value / unit}
        />
      )}
    </Field>
  );
}

export function TextField({ name, value, ...words }: FieldProps & { readonly value: string | null }) {
  return (
    <Field {...words}>
      {(ids) => (
        <input
          {...ids}
          type="text"
          name={name}
          pattern="[a-z0-9][a-z0-9_\-]{0,63}"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={value ?? ''}
        />
      )}
    </Field>
  );
}

interface LinesFieldProps extends FieldProps {
  readonly value: readonly string[];
  readonly fieldRef?: Ref<HTMLTextAreaElement>;
}

export function LinesField({ name, value, fieldRef, ...words }: LinesFieldProps) {
  return (
    <Field {...words}>
      {(ids) => (
        <textarea
          {...ids}
          ref={fieldRef}
          name={name}
          rows={Math.max(2, value.length + 1)}
          spellCheck={false}
          defaultValue={value.join('\n')}
          onInput={({ currentTarget }) => currentTarget.setCustomValidity('')}
        />
      )}
    </Field>
  );
}
