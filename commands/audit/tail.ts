import { z } from 'zod'
import { readTail } from '../../src/audit/export.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { defineCommand, option } from '../define.ts'
import { auditedDatabase } from './database.ts'

export default defineCommand({
  examples: [
    ['helix audit tail', 'the last 20 entries'],
    ['helix audit tail -n 100 --json', 'the last 100, for a program'],
  ],
  options: {
    lines: option(
      '-n, --lines <count>',
      'how many entries',
      z.coerce.number().int().min(1).max(10_000).default(20),
    ),
  },
  run: async ({ lines }, context) => ({ entries: await readTail(await auditedDatabase(context), lines) }),
  view: ({ entries }, { colour }) =>
    entries
      .map((entry) => {
        const [at, kind, actor, data] = [entry.at, entry.kind, entry.actor, JSON.stringify(entry.data)].map(
          safeText,
        )
        return `${colour.dim(`${entry.seq}  ${at}`)}  ${colour.bold(`${kind}`)}  ${actor}  ${colour.dim(`${data}`)}`
      })
      .join('\n') || 'Nothing was logged yet.',
})
