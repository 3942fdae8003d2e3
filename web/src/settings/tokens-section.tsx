import { useState } from 'preact/hooks'
import type { AccessToken, CreatedToken } from '../../../src/contract/tokens.ts'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { failureText } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAct } from '../ui/use-act.ts'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import { Failed } from './failed.tsx'
import { NewToken } from './new-token.tsx'
import css from './settings.module.css'
import { ShownOnce } from './shown-once.tsx'

/** Personal access tokens: making one, seeing it once, revoking it. */
export function TokensSection() {
  const { client } = useApp()
  const { settings, common, failures } = useText()
  const text = settings.tokens
  const tokens = useLoad(() => client.tokens.list(), [])
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<CreatedToken>()
  const [leaving, setLeaving] = useState<AccessToken>()
  return (
    <>
      <p class={css.intro}>{text.intro}</p>
      <div class={css.stack}>
        <div>
          <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>
            {text.make}
          </Button>
        </div>
      </div>
      <Waiting loaded={tokens} labels={common} failed={failureText(tokens.error, failures)} />
      {tokens.value?.length === 0 && <p class={css.empty}>{text.none}</p>}
      {tokens.value && tokens.value.length > 0 && (
        <ul class={css.list}>
          {tokens.value.map((token) => (
            <TokenLine key={token.id} token={token} onRevoke={() => setLeaving(token)} />
          ))}
        </ul>
      )}
      {making && (
        <NewToken
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMaking(false)
            setMade(token)
            tokens.again()
          }}
        />
      )}
      {made && <ShownOnce made={made} onClose={() => setMade(undefined)} />}
      {leaving && <Revoke token={leaving} onClose={() => setLeaving(undefined)} onDone={tokens.again} />}
    </>
  )
}

function TokenLine({ token, onRevoke }: { token: AccessToken; onRevoke: () => void }) {
  const { tokens: text } = useText().settings
  const format = useFormat()
  const over = Date.parse(token.expiresAt) <= Date.now()
  const about = [
    `${token.prefix}…`,
    token.lastUsedAt === null ? text.unused : text.used(format.ago(token.lastUsedAt)),
    over ? text.ended : text.ends(format.moment(token.expiresAt)),
  ]
  return (
    <li>
      <div>
        <p class={css.name}>
          {token.name}
          {token.scopes.map((scope) => (
            <span key={scope} class={css.tag}>
              {text.scopeNames[scope]}
            </span>
          ))}
        </p>
        <p class={css.about}>{about.join(' · ')}</p>
      </div>
      <Button kind="danger" aria-label={text.revokeNamed(token.name)} onClick={onRevoke}>
        {text.revoke}
      </Button>
    </li>
  )
}

function Revoke({ token, onClose, onDone }: { token: AccessToken; onClose: () => void; onDone: () => void }) {
  const { client, toasts } = useApp()
  const { settings, common } = useText()
  const text = settings.tokens
  const revoke = useAct(async () => {
    await client.tokens.revoke(token.id)
    toasts.say(text.revoked(token.name))
    onClose()
    onDone()
  })
  return (
    <Dialog
      title={text.revokeTitle(token.name)}
      closeLabel={common.close}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="danger" busy={revoke.busy} onClick={() => void revoke.run()}>
            {text.revoke}
          </Button>
        </>
      }
    >
      <p>{text.revokeBody}</p>
      <Failed error={revoke.error} />
    </Dialog>
  )
}
