import type { ReadonlySignal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { useText } from '../../app.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextArea } from '../../ui/field.tsx'
import type { Feedback } from './feedback.ts'

/** The ratings of a conversation, and how to give one; a failure is told where it happens. */
export interface FeedbackOf {
  byMessage: ReadonlySignal<ReadonlyMap<string, Feedback>>
  /** @returns whether it is kept */
  rate(messageId: string, rating: Feedback['rating'] | null, comment?: string): Promise<boolean>
}

const LONGEST = 2_000

/** Two thumbs; the one that is pressed takes itself back. A rating may be followed by words. */
export function FeedbackTools({ messageId, feedback }: { messageId: string; feedback: FeedbackOf }) {
  const { message } = useText().chat
  const [asking, setAsking] = useState(false)
  const given = feedback.byMessage.value.get(messageId)

  async function press(rating: Feedback['rating']): Promise<void> {
    const next = given?.rating === rating ? null : rating
    if ((await feedback.rate(messageId, next)) && next) setAsking(true)
  }

  return (
    <>
      <IconButton
        small
        icon="thumbUp"
        label={message.good}
        aria-pressed={given?.rating === 'up'}
        onClick={() => press('up')}
      />
      <IconButton
        small
        icon="thumbDown"
        label={message.bad}
        aria-pressed={given?.rating === 'down'}
        onClick={() => press('down')}
      />
      {asking && given && (
        <CommentDialog
          known={given.comment ?? ''}
          onClose={() => setAsking(false)}
          onSend={async (comment) => {
            if (await feedback.rate(messageId, given.rating, comment)) setAsking(false)
          }}
        />
      )}
    </>
  )
}

interface CommentProps {
  known: string
  onClose: () => void
  onSend: (comment: string) => Promise<void>
}

function CommentDialog({ known, onClose, onSend }: CommentProps) {
  const { chat, common } = useText()
  const [comment, setComment] = useState(known)
  return (
    <Dialog
      title={chat.feedback.thanks}
      closeLabel={common.close}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {chat.feedback.skip}
          </Button>
          <Button kind="primary" disabled={comment.trim() === ''} onClick={() => onSend(comment.trim())}>
            {chat.feedback.send}
          </Button>
        </>
      }
    >
      <TextArea
        label={chat.feedback.label}
        value={comment}
        maxLength={LONGEST}
        rows={4}
        onText={setComment}
      />
    </Dialog>
  )
}
