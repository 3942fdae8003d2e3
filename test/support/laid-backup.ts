import { newSigningKey } from '../../src/audit/checkpoints/signing-keys.ts'
import { type Destination, textBytes } from '../../src/backup/destinations/destination.ts'
import { archiveName, manifestName, proofName, signManifest } from '../../src/backup/manifest.ts'
import { signDocument } from '../../src/backup/signed.ts'

const key = newSigningKey()
const SHA256 = '0'.repeat(64)
const CHAIN = { log: 'a', seq: 1, hash: 'b' }

/** Lays a backup of this name into a place, as one lists it; nothing is in its archive. */
export async function layBackup(destination: Destination, id: string): Promise<void> {
  const archive = { name: archiveName(id), bytes: 5, sha256: SHA256, recipients: ['age1'] }
  const manifest = signManifest(
    {
      ...{ format: 1, id, at: momentOf(id), reason: 'test', helix: '0.1.0', mode: 'embedded', server: 'x' },
      ...{ schema: { version: '1', migrations: ['1'] }, chain: CHAIN, sequences: [], excluded: [] },
      archive: { ...archive, compression: 'zstd', encryption: 'age' },
      ...{ tables: [], files: [] },
    },
    key,
  )
  await destination.put(archiveName(id), textBytes('bytes'))
  await destination.put(manifestName(id), textBytes(JSON.stringify(manifest)))
}

/** Lays the proof of a drill of that backup beside it. */
export async function layProof(destination: Destination, id: string): Promise<void> {
  const proof = {
    ...{
      format: 1,
      backup: id,
      archive: SHA256,
      at: momentOf(id),
      helix: '0.1.0',
      by: 'cli:test',
      into: 'x',
    },
    ...{ tables: [], chain: CHAIN, rpoSeconds: 1, restoreMs: 1 },
  }
  await destination.put(proofName(id), textBytes(JSON.stringify(signDocument(proof, 'proof', key))))
}

/** The moment that the name of a backup tells. */
function momentOf(id: string): string {
  return id.replace(/^(....)(..)(..T..)(..)(..)Z.*$/, '$1-$2-$3:$4:$5.000Z')
}
