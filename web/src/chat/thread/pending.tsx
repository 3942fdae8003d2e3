import { useText } from '../../app.ts'
import type { Branch } from './conversation.ts'
import css from './thread.module.css'

/** A branch that was asked for, until the gateway has acknowledged it. */
export function Pending({ branch }: { branch: Branch }) {
  const { message } = useText().chat
  return (
    <>
      {branch.kind === 'edit' && (
        <div class={css.row}>
          <div class={css.question}>
            <div class={css.bubble} dir="auto">
              {branch.content}
            </div>
          </div>
        </div>
      )}
      <div class={css.row}>
        <p class={css.progress}>
          <span class={css.pulse} aria-hidden="true" />
          {message.thinking}
        </p>
      </div>
    </>
  )
}
