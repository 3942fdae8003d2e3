import { useApp, useText } from '../../app.ts'
import type { WaitingMessage } from '../../sync/outbox.ts'
import { Button } from '../../ui/button.tsx'
import { failureWords } from '../failure-words.ts'
import { Secret } from './question.tsx'
import css from './thread.module.css'

/** A message on its way: what it waits for, and what can be done about it. */
export function Waiting({ message, queued }: { message: WaitingMessage; queued: boolean }) {
  const { chat } = useText()
  const { outbox } = useApp()
  const { clientMessageId, state, secret, content, failure } = message
  const failed = state === 'failed'
  const quiet = state === 'sending' && !queued
  return (
    <div class={css.question} data-waiting={!quiet || undefined}>
      <div class={css.bubble} dir="auto">
        {secret ? <Secret /> : content}
      </div>
      {!quiet && (
        <div class={css.waiting} data-bad={failed || undefined}>
          <span>{failed ? chat.waiting.failed : queued ? chat.compose.queued : chat.waiting.waiting}</span>
          {failed && failure && <span>{failureWords(failure.code, chat.failure)}</span>}
          {failed && (
            <Button kind="quiet" onClick={() => outbox.retry(clientMessageId)}>
              {chat.waiting.retry}
            </Button>
          )}
          <Button kind="quiet" onClick={() => outbox.remove(clientMessageId)}>
            {chat.waiting.remove}
          </Button>
        </div>
      )}
    </div>
  )
}
