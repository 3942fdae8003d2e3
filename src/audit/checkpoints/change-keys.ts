import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import { readLogId } from '../append.ts'
import { introduce } from './introduction.ts'
import type { KeyRing } from './key-ring.ts'
import type { Verifier } from './note.ts'
import { type KeyStore, newSigningKey, type SigningKey } from './signing-keys.ts'
import { CHECKPOINT_LOCK, readKeyRing, storeIntroduction } from './stored.ts'

interface ChangeDeps {
  db: Database
  keys: KeyStore
  actor: string
}

/** A key that came in: its place on the chain. */
export interface KeyChange {
  log: string
  seq: number
  /** Hex. */
  publicKey: string
  /** Hex; the key that signed it in. */
  signedBy: string
}

/**
 * Gives this machine a new key, signed in by its old one, which signs nothing from there on. It is kept: a log
 * restored from before the change knows no other. A change that a crash cut short is finished by the next.
 * @throws HelixError `precondition_failed` when the log does not know this machine's key, or the new one is to be
 * given in the configuration and is not there.
 */
export function rotateKey({ db, keys, actor }: ChangeDeps): Promise<KeyChange> {
  return db.lock(CHECKPOINT_LOCK, async () => {
    const { log, own, ring, signer } = await findKnown(db, keys)
    const [newest = signer] = own
    const next = newest === signer || ring.keys.includes(hex(newest)) ? undefined : newest
    if (!next && keys.given) throw nothingGiven()
    const fresh = next ?? newSigningKey()
    // On disk before it is on the chain: a key that the log knows must not be lost.
    if (!keys.given) await keys.write([fresh, ...own.filter((key) => key !== fresh)])
    const introduction = introduce({ log, publicKey: hex(fresh), replaces: hex(signer) }, signer)
    const seq = await storeIntroduction(db, introduction, actor)
    return { log, seq, publicKey: hex(fresh), signedBy: hex(signer) }
  })
}

/**
 * Brings in the key of another machine, signed in by the one of this machine; both may sign from there on.
 * @throws HelixError `precondition_failed` when the log does not know this machine's key, or knows that one.
 */
export function trustKey({ db, keys, actor }: ChangeDeps, { publicKey }: Verifier): Promise<KeyChange> {
  return db.lock(CHECKPOINT_LOCK, async () => {
    const { log, ring, signer } = await findKnown(db, keys)
    const added = publicKey.toString('hex')
    if (ring.keys.includes(added)) {
      throw new HelixError('precondition_failed', 'The log knows this key already', {
        hint: 'A key that was replaced does not come back; make a new one.',
      })
    }
    const seq = await storeIntroduction(
      db,
      introduce({ log, publicKey: added, replaces: null }, signer),
      actor,
    )
    return { log, seq, publicKey: added, signedBy: hex(signer) }
  })
}

/** This machine's newest key, and whether the log lets it sign. */
export async function ownKey(db: Database, keys: KeyStore) {
  const log = await readLogId(db)
  const [own, ring] = [await keys.read(), await readKeyRing(db, log)]
  const known = own.find((key) => maySign(ring, key, log))
  const key = known ?? own[0]
  if (key) return { log, publicKey: key.publicKey, known: known !== undefined }
  throw new HelixError('precondition_failed', 'This machine has no audit key yet', {
    hint: 'A gateway makes it at its first start; or copy audit-key.json of another one here.',
    next: ['helix up', 'helix audit checkpoint'],
  })
}

async function findKnown(db: Database, keys: KeyStore) {
  const log = await readLogId(db)
  const [own, ring] = [await keys.read(), await readKeyRing(db, log)]
  const signer = own.find((key) => maySign(ring, key, log))
  if (signer) return { log, own, ring, signer }
  throw new HelixError('precondition_failed', 'The log does not know the audit key of this machine', {
    hint: 'Only a machine whose key is known can bring in another. Run this there, or start a gateway once.',
    next: ['helix keys show audit'],
  })
}

function maySign(ring: KeyRing, { publicKey }: SigningKey, log: string): boolean {
  return ring.maySign(publicKey.toString('hex'), log, Number.MAX_SAFE_INTEGER)
}

function nothingGiven(): HelixError {
  return new HelixError('precondition_failed', 'HELIX_AUDIT_KEY holds no new key to change to', {
    hint: 'Set it to the new and the old key with a comma between (`openssl rand -hex 32` makes one), then run this again.',
  })
}

function hex({ publicKey }: SigningKey): string {
  return publicKey.toString('hex')
}
