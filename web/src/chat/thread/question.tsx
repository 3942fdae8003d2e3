import { useEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../../../src/contract/chat.ts'
import { useApp, useText } from '../../app.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { ThreadActions } from './actions.ts'
import { Branches, CopyTool } from './message-tools.tsx'
import css from './thread.module.css'

interface QuestionProps {
  message: Message
  /** Whether it answers a question for a secret. */
  secret: boolean
  /** Whether a reply is being written, which has to end before a branch begins. */
  busy: boolean
  editing: boolean
  onEdit: (editing: boolean) => void
  actions: ThreadActions
}

/** What a person wrote, as they wrote it. */
export function Question({ message, secret, busy, editing, onEdit, actions }: QuestionProps) {
  const { chat } = useText()
  if (editing) return <EditForm message={message} busy={busy} onEdit={onEdit} actions={actions} />
  return (
    <div class={css.question}>
      <div class={css.bubble} dir="auto">
        {secret ? <Secret /> : message.content}
      </div>
      <WrittenOffline message={message} />
      <div class={css.tools}>
        <Branches siblings={message.siblings} disabled={busy} onShow={actions.show} />
        {!secret && (
          <>
            <CopyTool copy={() => actions.copy(message.content)} />
            <IconButton
              small
              icon="edit"
              label={chat.message.edit}
              disabled={busy}
              onClick={() => onEdit(true)}
            />
          </>
        )}
      </div>
    </div>
  )
}

/** Stands in place of a secret, whatever its length. */
export function Secret() {
  const { secret } = useText().chat.message
  return (
    <span class={css.secret}>
      <Icon name="lock" size={16} />
      <span aria-hidden="true">••••••••</span>
      <span class="hidden-text">{secret}</span>
    </span>
  )
}

function WrittenOffline({ message }: { message: Message }) {
  const { text } = useApp()
  if (message.syncedAt === null) return null
  const time = new Intl.DateTimeFormat(text.language.value, { hour: '2-digit', minute: '2-digit' })
  return (
    <p class={css.aside}>{text.value.chat.message.writtenOffline(time.format(new Date(message.syncedAt)))}</p>
  )
}

function EditForm({
  message,
  busy,
  onEdit,
  actions,
}: Pick<QuestionProps, 'message' | 'busy' | 'onEdit' | 'actions'>) {
  const { chat, common } = useText()
  const [words, setWords] = useState(message.content)
  const [sending, setSending] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(message.content.length, message.content.length)
  }, [])

  async function send(): Promise<void> {
    if (words.trim() === '' || busy || sending) return
    setSending(true)
    if (await actions.edit(message, words)) onEdit(false)
    else setSending(false)
  }

  return (
    <form
      class={css.edit}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation()
          onEdit(false)
        }
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send()
      }}
    >
      <textarea
        ref={field}
        dir="auto"
        aria-label={chat.message.editLabel}
        value={words}
        rows={Math.min(12, words.split('\n').length + 1)}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <div class={css.editFoot}>
        <p class={css.aside}>{chat.message.editNote}</p>
        <Button kind="quiet" onClick={() => onEdit(false)}>
          {common.cancel}
        </Button>
        <Button kind="primary" type="submit" busy={sending} disabled={busy || words.trim() === ''}>
          {chat.message.saveEdit}
        </Button>
      </div>
    </form>
  )
}
