import type { ComponentChildren, InputHTMLAttributes, TextareaHTMLAttributes } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { IconButton } from './button.tsx'
import css from './field.module.css'

interface Labelled {
  label: string
  /** What helps to fill it in. */
  hint?: ComponentChildren
  /** What is wrong with what was given; read out when it appears. */
  error?: ComponentChildren
}

type OfInput = 'name' | 'value' | 'placeholder' | 'autocomplete' | 'inputMode' | 'enterKeyHint' | 'required'
type OfText =
  | 'minLength'
  | 'maxLength'
  | 'pattern'
  | 'disabled'
  | 'readOnly'
  | 'spellcheck'
  | 'autocapitalize'

interface InputAttributes extends Pick<InputHTMLAttributes<HTMLInputElement>, OfInput | OfText> {
  /** Whether it has the focus as soon as it is there. Not where a finger types: that would bring up the keyboard. */
  focused?: boolean
}

interface FieldProps extends Labelled, InputAttributes {
  type?: 'text' | 'email' | 'search' | 'tel' | 'url'
  /** Called with each change of the text. */
  onText?: (text: string) => void
}

/** One line of text with its label. */
export function Field({ label, hint, error, onText, focused = false, type = 'text', ...input }: FieldProps) {
  const id = useId()
  const ref = useFocused(focused)
  return (
    <div class={css.field}>
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        ref={ref}
        // Preact's types want one kind of input a place; what is passed on is the same for all of these.
        type={type as 'text'}
        class={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, hint, error)}
        onInput={(event) => onText?.(event.currentTarget.value)}
      />
      <Notes id={id} hint={hint} error={error} />
    </div>
  )
}

/** A day and a time where the reader is, as `2026-11-25T18:30`; empty for none. */
export function MomentField({
  label,
  hint,
  error,
  name,
  value,
  onText,
}: Labelled & { name: string; value: string; onText: (text: string) => void }) {
  const id = useId()
  return (
    <div class={css.field}>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type="datetime-local"
        class={css.input}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, hint, error)}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <Notes id={id} hint={hint} error={error} />
    </div>
  )
}

interface PasswordFieldProps extends Omit<FieldProps, 'type'> {
  /** What the button that shows the password is called, and the one that hides it. */
  reveal: { show: string; hide: string }
}

/** A password, which can be looked at. */
export function PasswordField({
  label,
  hint,
  error,
  reveal,
  onText,
  focused = false,
  ...input
}: PasswordFieldProps) {
  const id = useId()
  const ref = useFocused(focused)
  const [shown, setShown] = useState(false)
  return (
    <div class={css.field}>
      <label for={id}>{label}</label>
      <div class={css.password}>
        <input
          {...input}
          id={id}
          ref={ref}
          class={css.input}
          type={(shown ? 'text' : 'password') as 'password'}
          autocapitalize="off"
          spellcheck={false}
          aria-invalid={error ? true : undefined}
          aria-describedby={described(id, hint, error)}
          onInput={(event) => onText?.(event.currentTarget.value)}
        />
        <IconButton
          icon={shown ? 'eyeOff' : 'eye'}
          label={shown ? reveal.hide : reveal.show}
          aria-controls={id}
          onClick={() => setShown(!shown)}
        />
      </div>
      <Notes id={id} hint={hint} error={error} />
    </div>
  )
}

type AreaAttributes = Omit<
  TextareaHTMLAttributes<HTMLTextAreaElement>,
  'label' | 'class' | 'className' | 'onInput'
>

/** Several lines of text with their label. */
export function TextArea({
  label,
  hint,
  error,
  onText,
  ...area
}: Labelled & AreaAttributes & { onText?: (text: string) => void }) {
  const id = useId()
  return (
    <div class={css.field}>
      <label for={id}>{label}</label>
      <textarea
        {...area}
        id={id}
        dir="auto"
        class={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, hint, error)}
        onInput={(event) => onText?.(event.currentTarget.value)}
      />
      <Notes id={id} hint={hint} error={error} />
    </div>
  )
}

interface SelectProps<T extends string> extends Labelled {
  value: T
  options: readonly { value: T; label: string }[]
  onChoose: (value: T) => void
  name?: string
}

/** One of a few. */
export function Select<T extends string>({
  label,
  hint,
  error,
  value,
  options,
  onChoose,
  name,
}: SelectProps<T>) {
  const id = useId()
  return (
    <div class={css.field}>
      <label for={id}>{label}</label>
      <select
        id={id}
        class={css.input}
        name={name}
        value={value}
        aria-describedby={described(id, hint, error)}
        onChange={(event) => onChoose(event.currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Notes id={id} hint={hint} error={error} />
    </div>
  )
}

interface SwitchProps {
  label: string
  hint?: ComponentChildren
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}

/** On or off, at once. */
export function Switch({ label, hint, checked, disabled, onChange }: SwitchProps) {
  const id = useId()
  return (
    <div class={css.switch}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says itself whether it is checked.
        role="switch"
        checked={checked}
        disabled={disabled}
        aria-describedby={described(id, hint, undefined)}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <Notes id={id} hint={hint} error={undefined} />
    </div>
  )
}

function useFocused(wanted: boolean) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (wanted && !matchMedia('(pointer: coarse)').matches) field.current?.focus()
  }, [])
  return field
}

function Notes({ id, hint, error }: Omit<Labelled, 'label'> & { id: string }) {
  return (
    <>
      {hint && (
        <p id={`${id}-hint`} class={css.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class={css.error} role="alert">
          {error}
        </p>
      )}
    </>
  )
}

function described(id: string, hint: ComponentChildren, error: ComponentChildren): string | undefined {
  const ids = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean)
  return ids.length > 0 ? ids.join(' ') : undefined
}
