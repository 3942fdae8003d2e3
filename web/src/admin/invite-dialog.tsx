import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import css from './admin.module.css'
import { Failed } from './failed.tsx'

/** Sends somebody a mail that signs them up. */
export function InviteDialog({ onClose, onInvited }: { onClose: () => void; onInvited: () => void }) {
  const { client, toasts } = useApp()
  const { admin, common } = useText()
  const text = admin.people
  const [email, setEmail] = useState('')
  const invite = useAct(async () => {
    const { email: invited } = await client.admin.invite(email.trim())
    toasts.say(text.invitedNow(invited))
    onInvited()
  })
  const said = {
    account_exists: text.exists,
    mail_failed: text.mailFailed,
    signin_unavailable: text.noAdmin,
  }
  return (
    <Dialog title={text.inviteTitle} closeLabel={common.close} onClose={onClose}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void invite.run()
        }}
      >
        <p>{text.inviteBody}</p>
        <Field
          type="email"
          label={text.email}
          name="email"
          autocomplete="off"
          required
          maxLength={255}
          value={email}
          onText={setEmail}
        />
        <Failed error={invite.error} said={said} />
        <Button type="submit" kind="primary" icon="mail" busy={invite.busy}>
          {text.sendInvite}
        </Button>
      </form>
    </Dialog>
  )
}
