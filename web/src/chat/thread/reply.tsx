import type { ComponentChildren } from 'preact'
import type { Message } from '../../../../src/contract/chat.ts'
import { useApp, useText } from '../../app.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { failureWords } from '../failure-words.ts'
import type { MarkdownKit } from '../markdown/kit.ts'
import { Markdown } from '../markdown/markdown.tsx'
import type { LiveReply } from '../replies/live-reply.ts'
import type { ThreadActions } from './actions.ts'
import { factsOf } from './facts.ts'
import { type FeedbackOf, FeedbackTools } from './feedback-tools.tsx'
import { Branches, CopyTool } from './message-tools.tsx'
import { isOpen } from './stretch.ts'
import css from './thread.module.css'

interface ReplyProps {
  message: Message
  /** The reply while it is written, where this page follows it. */
  live: LiveReply | undefined
  /** Whether it is the last of the line: only there it goes on. */
  last: boolean
  busy: boolean
  /** By which code it failed, where that is known. */
  failure: string | undefined
  feedback: FeedbackOf
  kit: MarkdownKit
  actions: ThreadActions
}

/** What Helix wrote, while it is written and after. */
export function Reply(props: ReplyProps) {
  const { message, live, kit } = props
  const text = live ? live.text.value : message.content
  const open = isOpen(message)
  return (
    <div class={css.reply}>
      {text !== '' && <Markdown text={text} open={open} kit={kit} />}
      {open ? <Progress live={live} begun={text !== ''} /> : <Ending {...props} />}
    </div>
  )
}

/** That something is under way; once there is text, only what is wrong with it. */
function Progress({ live, begun }: { live: LiveReply | undefined; begun: boolean }) {
  const { message } = useText().chat
  const reconnecting = live?.phase.value === 'reconnecting'
  if (begun && !reconnecting) return <div class={css.tools} />
  return (
    <p class={css.progress}>
      <span class={css.pulse} aria-hidden="true" />
      {reconnecting ? message.reconnecting : message.thinking}
    </p>
  )
}

/** How a reply ended, and what can be done with it. */
function Ending({ message, last, busy, failure, feedback, actions }: ReplyProps) {
  const { text } = useApp()
  const words = text.value.chat.message
  const failed = message.status === 'failed' || message.status === 'interrupted'
  return (
    <>
      <Note message={message} failure={failure}>
        {last && failed && (
          <Button icon="refresh" disabled={busy} onClick={() => actions.regenerate(message)}>
            {words.retry}
          </Button>
        )}
        {last && message.stopReason === 'max_tokens' && (
          <Button icon="right" disabled={busy} onClick={() => actions.goOn()}>
            {words.goOn}
          </Button>
        )}
      </Note>
      <div class={css.tools} data-last={last || undefined}>
        <Branches siblings={message.siblings} disabled={busy} onShow={actions.show} />
        {message.content !== '' && <CopyTool copy={() => actions.copy(message.content)} />}
        <IconButton
          small
          icon="refresh"
          label={words.regenerate}
          disabled={busy}
          onClick={() => actions.regenerate(message)}
        />
        <FeedbackTools messageId={message.id} feedback={feedback} />
        {message.usage?.simulated && <span class={css.tag}>{words.simulated}</span>}
        <span class={css.facts}>{factsOf(message, text.language.value)}</span>
      </div>
    </>
  )
}

/** What has to be said of a reply that did not end by itself. */
function Note({
  message,
  failure,
  children,
}: {
  message: Message
  failure: string | undefined
  children: ComponentChildren
}) {
  const { chat } = useText()
  const said = noteOf(message, failure, chat)
  if (!said) return null
  return (
    <div class={css.note} data-bad={said.bad || undefined}>
      <Icon name={said.bad ? 'warning' : 'info'} size={17} />
      <span>{said.text}</span>
      {children}
    </div>
  )
}

function noteOf(
  { status, stopReason }: Message,
  failure: string | undefined,
  chat: ReturnType<typeof useText>['chat'],
): { text: string; bad: boolean } | undefined {
  const { message } = chat
  if (status === 'failed') {
    const why = failure === undefined ? '' : ` ${failureWords(failure, chat.failure)}`
    return { text: message.failedReply + why, bad: true }
  }
  if (status === 'interrupted') return { text: message.interruptedReply, bad: true }
  if (status === 'stopped') return { text: message.stopped, bad: false }
  if (stopReason === 'max_tokens') return { text: message.cutOff, bad: false }
  if (stopReason === 'refusal') return { text: message.refused, bad: false }
  return undefined
}
