import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ownKey } from '../../src/audit/checkpoints/change-keys.ts'
import { originOf } from '../../src/audit/checkpoints/checkpoint.ts'
import { formatVerifier } from '../../src/audit/checkpoints/note.ts'
import { HelixError } from '../../src/errors.ts'
import { auditedDatabase } from '../audit/database.ts'
import type { Context } from '../context.ts'
import { argument, defineCommand } from '../define.ts'
import { auditKeys } from './names.ts'

interface Shown {
  kind: 'anon' | 'service' | 'audit'
  key: string
  /** Of an audit key: whether the log lets it sign checkpoints. */
  known?: boolean
}

export default defineCommand({
  examples: [
    ['helix keys show anon', 'the public key with which pages and apps reach sign-in'],
    ['helix keys show service', 'the secret key that passes row-level security; mind who sees it'],
    ['helix keys show audit', 'the public key that checks the signatures under this log'],
  ],
  description:
    'Prints one key on one line. Note the audit key on another machine: that is what makes it worth something.',
  arguments: {
    kind: argument('<kind>', 'anon, service or audit', z.enum(['anon', 'service', 'audit'])),
  },
  run: ({ kind }, context): Promise<Shown> => (kind === 'audit' ? auditKey(context) : roleKey(kind, context)),
  view({ key, known }, context) {
    if (known === false) {
      context.note(`The log does not know this key yet. Where a known one is: helix keys trust ${key}`)
    }
    return key
  },
})

async function auditKey(context: Context): Promise<Shown> {
  const { log, publicKey, known } = await ownKey(await auditedDatabase(context), await auditKeys(context))
  return { kind: 'audit', key: formatVerifier({ name: originOf(log), publicKey }), known }
}

async function roleKey(kind: 'anon' | 'service', context: Context): Promise<Shown> {
  const { mode, supabase, dataDir } = await context.config()
  if (mode === 'supabase') {
    const key = kind === 'anon' ? supabase.anonKey : supabase.serviceRole?.reveal()
    if (key) return { kind, key }
    const name = kind === 'anon' ? 'SUPABASE_ANON_KEY' : 'SUPABASE_SERVICE_ROLE'
    throw new HelixError('config_invalid', `${name} is not set`, {
      hint: 'Copy it from the Supabase dashboard: Project Settings, API keys.',
    })
  }
  if (!existsSync(join(dataDir, 'keys.json'))) {
    throw new HelixError('precondition_failed', `There is no keys.json in ${dataDir} yet`, {
      hint: 'A gateway makes it at its first start.',
      next: ['helix up'],
    })
  }
  const { loadKeys } = await import('../../src/signin/keys.ts')
  const { anonKey, serviceRoleKey } = await loadKeys(dataDir, context.log().files)
  return { kind, key: kind === 'anon' ? anonKey : serviceRoleKey.reveal() }
}
