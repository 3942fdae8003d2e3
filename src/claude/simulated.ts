import type { ChatCompletionRequest } from '@copilotkit/aimock'
import { simulatedReply } from './simulated-reply.ts'

/** A local server that plays Claude without any model behind it. */
export interface SimulatedClaude {
  url: string
  /** Any key would do; this one says what it is. */
  apiKey: string
  close(): Promise<void>
}

const PIECE_CHARACTERS = 24
const PIECE_MS = 8
/** Requests kept by the server for inspection, which nobody does here: people's prompts should not pile up. */
const KEPT_REQUESTS = 1

/** Starts a simulated Claude on a free port of this machine, for use where no API key is set. */
export async function startSimulatedClaude(): Promise<SimulatedClaude> {
  const { LLMock } = await import('@copilotkit/aimock')
  const server = new LLMock({ host: '127.0.0.1', port: 0, journalMaxEntries: KEPT_REQUESTS })
  server.on({ predicate: () => true }, answer, { chunkSize: PIECE_CHARACTERS, latency: PIECE_MS })
  const url = await server.start()
  return { url, apiKey: 'simulated', close: () => server.stop() }
}

function answer({ messages }: ChatCompletionRequest) {
  const texts = (role: string) =>
    messages.filter((message) => message.role === role).map(({ content }) => plainText(content))
  const content = simulatedReply({ system: texts('system').join('\n'), said: texts('user') })
  const promptLength = messages.reduce((length, message) => length + plainText(message.content).length, 0)
  return {
    content,
    usage: { input_tokens: roughTokens(promptLength), output_tokens: roughTokens(content.length) },
  }
}

function plainText(content: ChatCompletionRequest['messages'][number]['content']): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(({ text }) => text ?? '').join('')
}

/** About four characters make a token; enough for a bill of nothing. */
function roughTokens(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4))
}
