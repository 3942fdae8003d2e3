import { useState } from 'preact/hooks'
import { useText } from '../../app.ts'
import { IconButton } from '../../ui/button.tsx'
import css from './thread.module.css'

const COPIED_MS = 2_000

/** Copies a text and says so for a moment. */
export function CopyTool({ copy }: { copy: () => Promise<void> }) {
  const { message } = useText().chat
  const [copied, setCopied] = useState(false)
  return (
    <IconButton
      small
      icon={copied ? 'check' : 'copy'}
      label={copied ? message.copied : message.copy}
      onClick={async () => {
        await copy()
        setCopied(true)
        setTimeout(() => setCopied(false), COPIED_MS)
      }}
    />
  )
}

interface BranchesProps {
  siblings: { ids: readonly string[]; index: number }
  disabled: boolean
  onShow: (messageId: string) => void
}

/** Which of the versions of a message is shown, and the way to the others. */
export function Branches({ siblings: { ids, index }, disabled, onShow }: BranchesProps) {
  const { message } = useText().chat
  if (ids.length < 2) return null
  const [earlier, later] = [ids[index - 1], ids[index + 1]]
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div class={css.branches} role="group" aria-label={message.branches}>
      <IconButton
        small
        icon="left"
        label={message.earlierBranch}
        disabled={disabled || !earlier}
        onClick={() => earlier && onShow(earlier)}
      />
      <span>{message.branch(index + 1, ids.length)}</span>
      <IconButton
        small
        icon="right"
        label={message.laterBranch}
        disabled={disabled || !later}
        onClick={() => later && onShow(later)}
      />
    </div>
  )
}
