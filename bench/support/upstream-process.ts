import { LLMock } from '@copilotkit/aimock'
import { REPLY } from './upstream.ts'

const server = new LLMock({ host: '127.0.0.1', port: 0, journalMaxEntries: 1, logLevel: 'silent' })
server.on({ predicate: () => true }, { content: REPLY }, { chunkSize: 20, latency: 0 })
process.stdout.write(`${JSON.stringify({ url: await server.start() })}\n`)
