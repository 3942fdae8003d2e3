import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { Conversation } from '../../../../src/contract/chat.ts'
import { codeOf } from '../../../../src/errors.ts'
import { useApp, useText } from '../../app.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Menu } from '../../ui/menu.tsx'
import { failureWords } from '../failure-words.ts'
import type { ConversationList } from './conversations.ts'
import css from './list.module.css'

interface ListRowProps {
  conversation: Conversation
  current: boolean
  list: ConversationList
}

/** One conversation: its title, the way to it, and what can be done with it. */
export function ListRow({ conversation, current, list }: ListRowProps) {
  const { toasts } = useApp()
  const { chat } = useText()
  const { route } = useLocation()
  const [doing, setDoing] = useState<'nothing' | 'renaming' | 'removing'>('nothing')
  const { sessionKey } = conversation
  const title = conversation.title || chat.untitled

  async function attempt(act: () => Promise<void>): Promise<void> {
    await act().catch((error) => toasts.fail(failureWords(codeOf(error), chat.failure)))
  }

  async function remove(): Promise<void> {
    setDoing('nothing')
    await attempt(async () => {
      await list.remove(sessionKey)
      toasts.say(chat.list.removed)
      if (current) route('/')
    })
  }

  if (doing === 'renaming') {
    return (
      <li>
        <TitleField
          title={conversation.title ?? ''}
          onEnd={(next) => {
            setDoing('nothing')
            if (next !== undefined) void attempt(() => list.rename(sessionKey, next))
          }}
        />
      </li>
    )
  }
  return (
    <li class={css.row} data-current={current || undefined}>
      <a href={`/c/${sessionKey}`} dir="auto" aria-current={current ? 'page' : undefined} title={title}>
        {title}
      </a>
      <Menu
        label={chat.list.options(title)}
        button={(props) => <IconButton small icon="more" label={chat.list.options(title)} {...props} />}
        items={[
          { label: chat.list.rename, icon: 'edit', onChoose: () => setDoing('renaming') },
          { label: chat.list.remove, icon: 'trash', danger: true, onChoose: () => setDoing('removing') },
        ]}
      />
      {doing === 'removing' && (
        <RemoveDialog title={title} onClose={() => setDoing('nothing')} onRemove={() => void remove()} />
      )}
    </li>
  )
}

interface RemoveProps {
  title: string
  onClose: () => void
  onRemove: () => void
}

function RemoveDialog({ title, onClose, onRemove }: RemoveProps) {
  const { chat, common } = useText()
  return (
    <Dialog
      title={chat.list.removing.title}
      closeLabel={common.close}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button kind="danger" onClick={onRemove}>
            {chat.list.removing.confirm}
          </Button>
        </>
      }
    >
      <p>{chat.list.removing.body(title)}</p>
    </Dialog>
  )
}

/** A title while it is worded anew: Enter keeps it, Escape does not. */
function TitleField({ title, onEnd }: { title: string; onEnd: (title: string | undefined) => void }) {
  const { chat } = useText()
  const [words, setWords] = useState(title)
  const end = (keep: boolean) => {
    const next = words.trim()
    onEnd(keep && next !== '' && next !== title ? next : undefined)
  }
  return (
    <input
      class={css.rename}
      autofocus
      ref={(element) => {
        if (element && document.activeElement !== element) element.select()
      }}
      value={words}
      dir="auto"
      maxLength={500}
      aria-label={chat.list.name}
      onInput={(event) => setWords(event.currentTarget.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') end(true)
        if (event.key === 'Escape') {
          event.stopPropagation()
          end(false)
        }
      }}
    />
  )
}
