import { userInfo } from 'node:os'
import { cliActor } from '../../src/audit/actors.ts'
import { createKeyStore, type KeyStore } from '../../src/audit/checkpoints/signing-keys.ts'
import type { Context } from '../context.ts'

/** Who types, as entries name them. */
export function typist(): string {
  return cliActor(userInfo().username)
}

/** The keys with which this machine signs checkpoints. */
export async function auditKeys(context: Context): Promise<KeyStore> {
  const { dataDir, audit } = await context.config()
  return createKeyStore({ dataDir, given: audit.key })
}
