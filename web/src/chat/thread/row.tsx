import { Component } from 'preact'
import type { Message } from '../../../../src/contract/chat.ts'
import { useText } from '../../app.ts'
import type { MarkdownKit } from '../markdown/kit.ts'
import type { LiveReply } from '../replies/live-reply.ts'
import type { ThreadActions } from './actions.ts'
import type { FeedbackOf } from './feedback-tools.tsx'
import { Question } from './question.tsx'
import { Reply } from './reply.tsx'
import css from './thread.module.css'

export interface RowProps {
  message: Message
  live: LiveReply | undefined
  last: boolean
  secret: boolean
  busy: boolean
  editing: boolean
  /** Whether it was looked for. */
  sought: boolean
  failure: string | undefined
  feedback: FeedbackOf
  kit: MarkdownKit
  actions: ThreadActions
  onEdit: (messageId: string | undefined) => void
}

/** One message of a conversation. It is made anew only when something about it has changed. */
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const shown = this.props
    return (Object.keys(next) as (keyof RowProps)[]).some((name) => next[name] !== shown[name])
  }

  render(props: RowProps) {
    const { message, sought } = props
    return (
      <article
        class={css.row}
        data-message={message.id}
        data-role={message.role}
        data-sought={sought || undefined}
      >
        <Speaker role={message.role} />
        {message.role === 'user' ? (
          <Question
            message={message}
            secret={props.secret}
            busy={props.busy}
            editing={props.editing}
            onEdit={(editing) => props.onEdit(editing ? message.id : undefined)}
            actions={props.actions}
          />
        ) : (
          <Reply {...props} />
        )}
        {message.summarised && <Summarised />}
      </article>
    )
  }
}

function Speaker({ role }: { role: Message['role'] }) {
  const { chat } = useText()
  return <h2 class="hidden-text">{role === 'user' ? chat.you : chat.helix}</h2>
}

/** Where a summary took the place of what stands above. */
function Summarised() {
  const { message } = useText().chat
  return <p class={css.summarised}>{message.summarised}</p>
}
