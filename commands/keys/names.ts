import { createKeyStore, type KeyStore } from '../../src/audit/checkpoints/signing-keys.ts'
import type { Context } from '../context.ts'

/** The keys with which this machine signs checkpoints. */
export async function auditKeys(context: Context): Promise<KeyStore> {
  const { dataDir, audit } = await context.config()
  return createKeyStore({ dataDir, given: audit.key, files: context.log().files })
}
