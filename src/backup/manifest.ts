import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SigningKey } from '../audit/checkpoints/signing-keys.ts'
import { HelixError } from '../errors.ts'
import { isSignedDocument, parseJson, Signature, signDocument } from './signed.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const Count = z.int().min(0)
const Table = z.object({
  name: z.string().min(1),
  columns: z.array(z.string().min(1)).min(1),
  rows: Count,
  bytes: Count,
  /** Of the rows as COPY writes them, in the order of the backup. */
  sha256: Sha256,
  /** The same of the rows in any order. */
  digest: Sha256,
})
const File = z.object({ name: z.string().min(1), bytes: Count, sha256: Sha256 })

const Unsigned = z.object({
  format: z.literal(1),
  id: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/),
  at: z.iso.datetime(),
  reason: z.string().max(100),
  /** What made it. */
  helix: z.string(),
  mode: z.enum(['supabase', 'postgres', 'embedded']),
  server: z.string(),
  /** The newest migration, and all of them. */
  schema: z.object({ version: z.string(), migrations: z.array(z.string()) }),
  /** Where the audit chain ended. */
  chain: z.object({ log: z.string(), seq: Count, hash: z.string() }),
  archive: z.object({
    ...File.shape,
    compression: z.literal('zstd'),
    encryption: z.literal('age'),
    recipients: z.array(z.string()).min(1),
  }),
  tables: z.array(Table),
  files: z.array(File),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
  excluded: z.array(z.object({ what: z.string(), why: z.string() })),
})
const Signed = Unsigned.extend({ signature: Signature })

/** What a backup says of itself; it is written last, so that nothing counts as a backup before it is whole. */
export type Manifest = z.infer<typeof Signed>
export type UnsignedManifest = z.infer<typeof Unsigned>
export type TableFacts = z.infer<typeof Table>
export type FileFacts = z.infer<typeof File>

/** A name for a backup made now; names sort by time. */
export function newBackupId(at: Date): string {
  return `${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`
}

export const manifestName = (id: string) => `${id}.manifest.json`
export const proofName = (id: string) => `${id}.proof.json`
export const archiveName = (id: string) => `${id}.helix.age`

/** Signs a manifest with the key that signs the audit log's checkpoints. */
export function signManifest(manifest: UnsignedManifest, key: SigningKey): Manifest {
  return signDocument(manifest, 'manifest', key)
}

/**
 * Reads a manifest and checks that the key it names signed it; whose that key is, is the caller's to say.
 * @throws HelixError `backup_damaged`
 */
export function readManifest(text: string, name: string): Manifest {
  const parsed = Signed.safeParse(parseJson(text))
  if (!parsed.success) throw damaged(name, 'it is no manifest of a backup, or one of a newer Helix')
  if (isSignedDocument(parsed.data, 'manifest')) return parsed.data
  throw damaged(name, 'its signature is not of what it says')
}

export function damaged(name: string, why: string): HelixError {
  return new HelixError('backup_damaged', `${name} is damaged: ${why}`, {
    hint: 'Use another backup: helix backup list.',
    next: ['helix backup list'],
  })
}
