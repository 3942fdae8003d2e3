import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { rotateKey } from '../../src/audit/checkpoints/change-keys.ts'
import { originOf } from '../../src/audit/checkpoints/checkpoint.ts'
import { formatVerifier } from '../../src/audit/checkpoints/note.ts'
import { auditedDatabase } from '../audit/database.ts'
import { argument, defineCommand } from '../define.ts'
import { auditKeys } from './names.ts'

export default defineCommand({
  examples: [
    ['helix keys rotate audit --yes', 'from now on a new key signs; the old one says so on the chain'],
  ],
  description:
    'The old key signs the new one in and signs no checkpoint from there on; what it signed stays verifiable. It is\n' +
    'kept in audit-key.json for logs restored from before. Gateways that share the key must get the new one, or they\n' +
    'stop making checkpoints. There is no way back but another rotation. With HELIX_AUDIT_KEY, first set it to the new\n' +
    'and the old key with a comma between.',
  arguments: { kind: argument('<kind>', 'audit', z.literal('audit')) },
  acts: ['keys.rotate.start', 'file.write.start'],
  async run(_, context) {
    const db = await auditedDatabase(context)
    const keys = await auditKeys(context)
    await context.consent({ act: 'Replace the key that signs checkpoints' })
    const change = await context.log().act(
      'keys.rotate.start',
      { of: 'audit' },
      () => rotateKey({ db, keys, actor: typist() }),
      ({ seq }) => ({ entry: seq }),
    )
    const publicKey = Buffer.from(change.publicKey, 'hex')
    return { ...change, key: formatVerifier({ name: originOf(change.log), publicKey }) }
  },
  view: ({ key, seq }, { colour }) =>
    `${key}\n${colour.dim(`Entry ${seq} brings it in. Note it where you noted the old one.`)}`,
})
