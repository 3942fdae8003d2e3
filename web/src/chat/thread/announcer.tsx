import { useEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../../../src/contract/chat.ts'
import { useText } from '../../app.ts'
import type { LiveReply } from '../replies/live-reply.ts'
import { nextAnnouncement } from './announce.ts'

/** Often enough to follow, seldom enough that one announcement is spoken before the next replaces it. */
const EVERY_MS = 1_500

/** Reads a reply out while it is written, sentence by sentence, and how it ended. */
export function Announcer({ live, last }: { live: LiveReply | undefined; last: Message | undefined }) {
  const { announce } = useText().chat
  const [said, setSaid] = useState('')
  const place = useRef<{ live: LiveReply; upto: number }>(undefined)

  useEffect(() => {
    if (!live) return
    place.current = { live, upto: 0 }
    setSaid(announce.began)
    const timer = setInterval(() => {
      const next = nextAnnouncement(live.text.peek(), place.current?.upto ?? 0, false)
      place.current = { live, upto: next.upto }
      if (next.said !== '') setSaid(next.said)
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [live])

  useEffect(() => {
    const before = place.current
    if (live || !before || last?.id !== before.live.start.messageId) return
    place.current = undefined
    const rest = nextAnnouncement(last.content, before.upto, true).said
    setSaid(`${rest} ${endingOf(last, announce)}`.trim())
  }, [live, last])

  return (
    <div class="hidden-text" aria-live="polite" aria-atomic="true">
      {said}
    </div>
  )
}

function endingOf({ status }: Message, words: { ended: string; stopped: string; failed: string }): string {
  if (status === 'stopped') return words.stopped
  return status === 'complete' ? words.ended : words.failed
}
