import { useEffect, useState } from 'preact/hooks'
import { useText } from '../../app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Conversation } from './conversation.ts'
import type { ScrollKeeper } from './scroll.ts'
import css from './thread.module.css'

interface ToNewestProps {
  conversation: Conversation
  keeper: ScrollKeeper
  /** How many messages are on their way; one's own bring one to the end. */
  waiting: number
}

/** The way back to the end for who reads further up; it says when something came meanwhile. */
export function ToNewest({ conversation, keeper, waiting }: ToNewestProps) {
  const { chat } = useText()
  const following = keeper.following.value
  const newest = conversation.thread.value.messages.at(-1)?.id
  const [seen, setSeen] = useState(newest)

  async function go(): Promise<void> {
    if (conversation.thread.peek().after !== null) await conversation.load()
    keeper.toEnd()
  }

  useEffect(() => {
    if (following) setSeen(newest)
  }, [following, newest])
  useEffect(() => {
    if (waiting > 0) void go()
  }, [waiting])

  if (following) return null
  const isNew = seen !== newest && conversation.thread.value.after === null
  return (
    <button
      type="button"
      class={css.toNewest}
      data-new={isNew || undefined}
      aria-label={chat.toNewest}
      title={chat.toNewest}
      onClick={() => void go()}
    >
      <Icon name="down" size={18} />
      {isNew && <span aria-hidden="true">{chat.newBelow}</span>}
    </button>
  )
}
