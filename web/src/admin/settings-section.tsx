import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { Field } from '../ui/field.tsx'
import { useLoad } from '../ui/use-load.ts'
import css from './admin.module.css'
import { Part } from './part.tsx'
import { Scrolling } from './scrolling.tsx'

/** The configuration in force, without secrets, and where each value comes from. */
export function SettingsSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.settings
  const [filter, setFilter] = useState('')
  const loaded = useLoad(() => client.admin.settings(), [])
  return (
    <Part title={admin.sections.settings} about={text.about} loaded={loaded}>
      {({ settings }) => {
        const wanted = filter.trim().toLowerCase()
        const shown = settings.filter(({ key }) => key.toLowerCase().includes(wanted))
        return (
          <>
            <div class={css.search}>
              <Field
                type="search"
                label={text.filter}
                name="filter"
                autocomplete="off"
                spellcheck={false}
                value={filter}
                onText={setFilter}
              />
            </div>
            {shown.length === 0 ? (
              <p class={css.empty}>{text.none}</p>
            ) : (
              <Scrolling label={admin.sections.settings}>
                <table class={css.table}>
                  <thead>
                    <tr>
                      <th scope="col">{text.columns.key}</th>
                      <th scope="col">{text.columns.value}</th>
                      <th scope="col">{text.columns.source}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map(({ key, value, source }) => (
                      <tr key={key}>
                        <th scope="row">{key}</th>
                        <td class={`${css.mono} ${css.value}`}>
                          {value === null ? text.unset : written(value)}
                        </td>
                        <td>{source}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scrolling>
            )}
          </>
        )
      }}
    </Part>
  )
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
