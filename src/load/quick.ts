import type { LoadScript } from './script/schema.ts'

/** Where a message is sent, and what then takes a POST. */
const CHAT = /\/api\/chat\/message\/?$/

/** What a quick test asks: whether it has to send a message, and the test itself. */
export interface Quick {
  chats: boolean
  script: LoadScript
}

/** Some users within a second, each of whom asks the same again and again. */
export function quickScript(url: URL, { count, num }: { count: number; num: number }): Quick {
  const chats = CHAT.test(url.pathname)
  const path = url.pathname + url.search
  const step = chats ? { post: { url: path, json: { message: 'Hello, Helix!' } } } : { get: { url: path } }
  return {
    chats,
    script: {
      config: { target: url.origin, phases: [{ arrivalCount: count, duration: 1_000 }] },
      scenarios: [{ weight: 1, engine: 'http', flow: [{ loop: [step], count: num }] }],
    },
  }
}
