import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { trustKey } from '../../src/audit/checkpoints/change-keys.ts'
import { parseVerifier } from '../../src/audit/checkpoints/note.ts'
import { auditedDatabase } from '../audit/database.ts'
import { argument, defineCommand } from '../define.ts'
import { auditKeys } from './names.ts'

export default defineCommand({
  examples: [
    [
      'helix keys trust "helix/9f…+1a2b3c4d+AX…"',
      'let a gateway on another machine sign checkpoints with its own key',
    ],
  ],
  description:
    'The key of this machine signs the other one in, by an entry on the chain. `helix keys show audit` prints it there.',
  arguments: { key: argument('<key>', 'the public key of the other machine', z.string().min(1)) },
  acts: ['keys.trust.start'],
  async run({ key }, context) {
    const verifier = parseVerifier(key)
    const db = await auditedDatabase(context)
    const keys = await auditKeys(context)
    await context.consent({ act: `Let the key ${key} sign checkpoints` })
    return context.log().act(
      'keys.trust.start',
      { of: 'audit' },
      () => trustKey({ db, keys, actor: typist() }, verifier),
      ({ seq }) => ({ entry: seq }),
    )
  },
  view: ({ seq }) => `Entry ${seq} brings the key in. A later \`helix keys rotate audit\` there replaces it.`,
})
