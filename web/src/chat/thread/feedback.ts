import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../../src/client/client.ts'

/** What a person said of a reply; the contract of `/api/feedback`. */
export interface Feedback {
  messageId: string
  rating: 'up' | 'down'
  comment: string | null
}

/** A person's own words on the replies of one conversation. */
export interface Feedbacks {
  readonly byMessage: ReadonlySignal<ReadonlyMap<string, Feedback>>
  load(): Promise<void>
  /** Rates a reply; null takes the rating back. @throws HelixError */
  rate(messageId: string, rating: Feedback['rating'] | null, comment?: string): Promise<void>
}

/** Makes the feedback of one conversation. */
export function createFeedbacks(http: Client['http'], sessionKey: string): Feedbacks {
  const byMessage = signal<ReadonlyMap<string, Feedback>>(new Map())

  function put(messageId: string, feedback: Feedback | null): void {
    const next = new Map(byMessage.value)
    if (feedback) next.set(messageId, feedback)
    else next.delete(messageId)
    byMessage.value = next
  }

  return {
    byMessage,
    async load() {
      const path = `/api/feedback?sessionKey=${encodeURIComponent(sessionKey)}`
      const { feedback } = await http.json<{ feedback: Feedback[] }>(path)
      byMessage.value = new Map(feedback.map((one) => [one.messageId, one]))
    },
    async rate(messageId, rating, comment) {
      const before = byMessage.value.get(messageId) ?? null
      put(messageId, rating && { messageId, rating, comment: comment ?? before?.comment ?? null })
      try {
        const body = { messageId, rating, ...(comment === undefined ? {} : { comment }) }
        const { feedback } = await http.json<{ feedback: Feedback | null }>('/api/feedback', {
          method: 'POST',
          body,
        })
        put(messageId, feedback)
      } catch (error) {
        put(messageId, before)
        throw error
      }
    },
  }
}
