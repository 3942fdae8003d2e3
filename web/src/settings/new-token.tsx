import { useState } from 'preact/hooks'
import type { CreatedToken, TokenScope } from '../../../src/contract/tokens.ts'
import { useApp, useText } from '../app.ts'
import { codeOf } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { Failed } from './failed.tsx'
import css from './settings.module.css'

const SCOPES: readonly TokenScope[] = ['read', 'chat', 'account']
const DAY = 86_400
/** How long a token may be made for, in seconds. */
const LIVES = { day: DAY, week: 7 * DAY, month: 30 * DAY, quarter: 90 * DAY, year: 365 * DAY }
type Life = keyof typeof LIVES

/** Asks what a new token is for, may do, and how long it works. */
export function NewToken({
  onClose,
  onMade,
}: {
  onClose: () => void
  onMade: (token: CreatedToken) => void
}) {
  const { client } = useApp()
  const { settings, common } = useText()
  const text = settings.tokens
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly TokenScope[]>(['read'])
  const [life, setLife] = useState<Life>('quarter')
  const create = useAct(async () => {
    onMade(await client.tokens.create({ name, scopes: [...scopes], expiresIn: LIVES[life] }))
  })
  return (
    <Dialog title={text.make} closeLabel={common.close} onClose={onClose}>
      <form
        class={css.stack}
        onSubmit={(event) => {
          event.preventDefault()
          if (scopes.length > 0) void create.run()
        }}
      >
        <Field
          label={text.name}
          hint={text.nameHint}
          name="token-name"
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onText={setName}
        />
        <Scopes chosen={scopes} onChoose={setScopes} />
        <Select
          label={text.life}
          value={life}
          options={(Object.keys(LIVES) as Life[]).map((value) => ({ value, label: text.lives[value] }))}
          onChoose={setLife}
        />
        <Failed
          error={create.error}
          text={codeOf(create.error) === 'too_many_tokens' ? text.tooMany : undefined}
        />
        <div>
          <Button type="submit" kind="primary" busy={create.busy} disabled={scopes.length === 0}>
            {text.create}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Scopes({
  chosen,
  onChoose,
}: {
  chosen: readonly TokenScope[]
  onChoose: (scopes: readonly TokenScope[]) => void
}) {
  const { tokens: text } = useText().settings
  return (
    <fieldset class={css.choices}>
      <legend>{text.scopes}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} class={css.choice}>
          <input
            type="checkbox"
            name="scope"
            value={scope}
            checked={chosen.includes(scope)}
            onChange={(event) =>
              onChoose(
                event.currentTarget.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope),
              )
            }
          />
          <span>{text.scopeNames[scope]}</span>
          <small>{text.scopeHints[scope]}</small>
        </label>
      ))}
      <p class={css.failed} role="alert">
        {chosen.length === 0 && text.noScope}
      </p>
    </fieldset>
  )
}
