import { useApp, useText } from '../app.ts'
import { LANGUAGES, type Language } from '../text/text.ts'
import { THEMES } from '../theme/theme.ts'
import { Choices } from './choices.tsx'
import css from './settings.module.css'

/** How the page looks and speaks, on this device. */
export function LookSection() {
  const { text, theme, toasts } = useApp()
  const { settings, common } = useText()
  const languages = Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as Language, label }))
  return (
    <>
      <p class={css.intro}>{settings.look.intro}</p>
      <div class={css.form}>
        <Choices
          legend={settings.look.language}
          name="language"
          value={text.language.value}
          options={languages}
          onChoose={(language) => {
            text.use(language).catch(() => toasts.fail(settings.look.failed))
          }}
        />
        <Choices
          legend={settings.look.appearance}
          name="theme"
          value={theme.choice.value}
          options={THEMES.map((value) => ({ value, label: common.theme[value] }))}
          onChoose={theme.choose}
        />
      </div>
    </>
  )
}
