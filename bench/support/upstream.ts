import { fileURLToPath } from 'node:url'
import { type Ready, startReady } from './process.ts'

/** What the stub answers to everything: 208 characters, 11 deltas when streamed. */
export const REPLY = 'Hello there. '.repeat(16)

/** Model that both ways of calling name. */
export const MODEL = 'claude-sonnet-5-5'

/** Starts the stub (`@copilotkit/aimock`) in a process of its own; it answers without delay. */
export function startUpstream(): Promise<Ready<{ url: string }>> {
  return startReady({ args: [fileURLToPath(new URL('./upstream-process.ts', import.meta.url))] })
}
