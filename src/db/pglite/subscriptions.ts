interface Subscription {
  onNotify: (payload: string) => void
  onGap: (() => void) | undefined
}

/** Who listens to which channel. */
export interface Subscriptions {
  readonly channels: readonly string[]
  add(channel: string, onNotify: (payload: string) => void, onGap?: () => void): () => void
  notify(channel: string, payload: string): void
  gap(): void
}

export function createSubscriptions(): Subscriptions {
  const byChannel = new Map<string, Set<Subscription>>()
  return {
    get channels() {
      return [...byChannel.keys()]
    },
    add(channel, onNotify, onGap) {
      const subscription = { onNotify, onGap }
      const others = byChannel.get(channel) ?? new Set()
      byChannel.set(channel, others.add(subscription))
      return () => {
        others.delete(subscription)
        if (others.size === 0 && byChannel.get(channel) === others) byChannel.delete(channel)
      }
    },
    notify(channel, payload) {
      for (const { onNotify } of byChannel.get(channel) ?? []) onNotify(payload)
    },
    gap() {
      for (const subscriptions of byChannel.values()) for (const { onGap } of subscriptions) onGap?.()
    },
  }
}
