import { parseArgs } from 'node:util'
import { startStubClaude } from './stub.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    words: { type: 'string', default: '12' },
    pace: { type: 'string', default: '0' },
    wait: { type: 'string', default: '0' },
    'journal-limit': { type: 'string', default: '10000' },
  },
})

const stub = await startStubClaude({
  port: Number(values.port),
  journalLimit: Number(values['journal-limit']),
  defaults: { words: Number(values.words), paceMs: Number(values.pace), waitMs: Number(values.wait) },
})
process.stdout.write(`${JSON.stringify({ url: stub.url })}\n`)
process.once('SIGTERM', () => stub.close())
process.once('SIGINT', () => stub.close())
