import css from './settings.module.css'

interface ChoicesProps<T extends string> {
  legend: string
  name: string
  value: T
  options: readonly { value: T; label: string }[]
  onChoose: (value: T) => void
}

/** One of a few, all of them in sight. */
export function Choices<T extends string>({ legend, name, value, options, onChoose }: ChoicesProps<T>) {
  return (
    <fieldset class={css.choices}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class={css.choice}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  )
}
