import { typist } from '../../src/audit/actors.ts'
import { createCheckpointer } from '../../src/audit/checkpoints/checkpointer.ts'
import { memoryPath } from '../../src/audit/checkpoints/seen.ts'
import { defineCommand } from '../define.ts'
import { auditKeys } from '../keys/names.ts'
import { auditedDatabase } from './database.ts'

export default defineCommand({
  examples: [
    ['helix audit checkpoint', 'sign the log as it is now, and print the signed note'],
    ['helix audit checkpoint > checkpoint.txt', 'to keep on another machine'],
  ],
  description:
    'A running gateway does this once a minute while the log grows. Signs nothing, and ends with 1, when the log is\n' +
    'not a continuation of what was signed before.',
  acts: ['audit.checkpoint.start', 'file.write.start'],
  async run(_, context) {
    const { dataDir } = await context.config()
    const db = await auditedDatabase(context)
    const keys = await auditKeys(context)
    const checkpointer = createCheckpointer({ db, keys, memory: memoryPath(dataDir), actor: typist() })
    // Not on the chain, which would grow by being signed.
    const { log, size, root, note } = await context.log('journal').act(
      'audit.checkpoint.start',
      {},
      () => checkpointer.make(),
      (made) => ({ size: made.size }),
    )
    return { log, size, root: Buffer.from(root).toString('hex'), note }
  },
  view: ({ note }) => note,
})
