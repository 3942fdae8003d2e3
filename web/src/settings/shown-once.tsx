import type { CreatedToken } from '../../../src/contract/tokens.ts'
import { useApp, useText } from '../app.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { CopyLine } from '../ui/copy-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import css from './settings.module.css'

/** A new token, the one time it can be seen. It is kept nowhere else, and gone with this window. */
export function ShownOnce({ made, onClose }: { made: CreatedToken; onClose: () => void }) {
  const { client } = useApp()
  const { settings, common } = useText()
  const text = settings.tokens
  const path = made.scopes.includes('read') ? '/api/profile' : '/api/chat/message'
  return (
    <Dialog
      wide
      title={text.onceTitle}
      closeLabel={common.close}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <Banner kind="warning">{text.once}</Banner>
      <CopyLine
        label={text.token}
        value={made.token}
        words={{ copy: text.copy, copied: text.copied, notCopied: text.notCopied }}
      />
      {path === '/api/profile' && (
        <div>
          <p class={css.about}>{text.try}</p>
          <pre class={css.sample}>
            <code>{`curl ${client.url}${path} -H "Authorization: Bearer $HELIX_TOKEN"`}</code>
          </pre>
        </div>
      )}
    </Dialog>
  )
}
