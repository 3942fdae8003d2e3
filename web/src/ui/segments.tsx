import css from './segments.module.css'

interface SegmentsProps<T extends string> {
  legend: string
  name: string
  value: T
  options: readonly { value: T; label: string }[]
  onChoose: (value: T) => void
}

/** One of a few that show the same thing in another way. */
export function Segments<T extends string>({ legend, name, value, options, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset class={css.segments}>
      <legend class="hidden-text">{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
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
