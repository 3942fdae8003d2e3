import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { codeOf } from '../text/failure.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { Failed } from './failed.tsx'
import { type Proof, ProofFields, useProof } from './proof.tsx'
import css from './settings.module.css'

/** What confirms it for an account without an address, as the gateway has it. */
const PHRASE = 'delete my account'

/** Asks for the account's address, and once more who it is where that was a while ago; then deletes it. */
export function DeleteAccount({ onClose }: { onClose: () => void }) {
  const { client, session, toasts } = useApp()
  const { settings, common } = useText()
  const text = settings.deletion
  const who = session.state.value
  const wanted = (typeof who === 'object' && who.email) || PHRASE
  const [typed, setTyped] = useState('')
  const [mismatch, setMismatch] = useState(false)
  const proof = useProof()
  const remove = useAct(async () => {
    if (proof.wanted) await proof.give()
    try {
      await client.account.remove(typed.trim())
    } catch (error) {
      if (codeOf(error) !== 'reauthentication_needed') throw error
      await proof.ask()
      return
    }
    toasts.say(text.done)
    // The session ended with the account; this device only has to forget it.
    await session.signOut('local').catch(() => {})
  })

  function submit(): void {
    const matches = typed.trim().toLowerCase() === wanted.toLowerCase()
    setMismatch(!matches)
    if (matches) void remove.run()
  }

  return (
    <Dialog title={text.dialog} closeLabel={common.close} onClose={onClose}>
      <form
        class={css.stack}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Banner kind="bad">{text.intro}</Banner>
        <Field
          label={text.confirm(wanted)}
          name="confirm"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={typed}
          error={mismatch && text.mismatch}
          onText={setTyped}
        />
        <ProofFields proof={proof} />
        <Failed error={remove.error} text={whyNot(remove.error, proof, text)} />
        <div class={css.actions}>
          <Button type="submit" kind="danger" busy={remove.busy}>
            {text.act}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {common.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function whyNot(
  error: unknown,
  proof: Proof,
  text: { creator: string; wrongPassword: string; wrongCode: string; failed: string },
): string | undefined {
  const code = codeOf(error)
  if (code === 'creator_account') return text.creator
  if (code === 'invalid_credentials') return text.wrongPassword
  if (code === 'mfa_verification_failed') return text.wrongCode
  if (code === 'internal' || (code === '' && !proof.wanted)) return text.failed
  return undefined
}
