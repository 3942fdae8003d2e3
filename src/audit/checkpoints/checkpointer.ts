import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import { type Head, readHead } from '../append.ts'
import type { Finding, FindingKind } from '../finding.ts'
import { Frontier } from '../merkle/frontier.ts'
import type { StoredTree } from '../merkle/stored-tree.ts'
import { parseCheckpoint, type SignedCheckpoint, signCheckpoint } from './checkpoint.ts'
import { introduce } from './introduction.ts'
import type { KeyRing } from './key-ring.ts'
import { logTree } from './log-tree.ts'
import { type NewLeaves, readNewLeaves } from './new-leaves.ts'
import { isSignedBy } from './ring-signature.ts'
import { changeSeen, readSeen, seenCheckpoint } from './seen.ts'
import type { KeyStore, SigningKey } from './signing-keys.ts'
import {
  CHECKPOINT_LOCK,
  newestCheckpoint,
  readKeyRing,
  storeCheckpoint,
  storeIntroduction,
} from './stored.ts'

export interface CheckpointerDeps {
  db: Database
  keys: KeyStore
  /** Where this machine remembers the last checkpoint it signed, apart from the database. */
  memory: string
  /** Who brings the first key in. */
  actor: string
  /** Entries one checkpoint adds, mostly; 50,000. */
  most?: number
}

/** Signs how far the log is. */
export interface Checkpointer {
  /** Brings this machine's key in where the log knows none yet; nothing else. */
  prepare(): Promise<void>
  /**
   * The checkpoint of the log as it is now, made unless there is one already. With a `fence`, the token of the
   * lease it is made under.
   * @throws HelixError `findings` with the finding in its details when the log is not a continuation of what was
   * signed before (nothing is signed then); `precondition_failed` when this machine's key is none of the log's.
   */
  make(fence?: number): Promise<SignedCheckpoint>
}

export function createCheckpointer(deps: CheckpointerDeps): Checkpointer {
  const { db } = deps
  const alone = <T>(work: () => Promise<T>) => db.lock(CHECKPOINT_LOCK, work)
  return {
    prepare: () => alone(async () => void (await findSigners(deps))),
    make: (fence) => alone(() => make(deps, fence)),
  }
}

async function make(deps: CheckpointerDeps, fence: number | undefined): Promise<SignedCheckpoint> {
  const { ring, own } = await findSigners(deps)
  const head = await readHead(deps.db)
  const { log } = head
  let { checkpoint, frontier } = await resume(deps, head, ring)
  let unsigned: NewLeaves = { leaves: [], subtrees: [] }
  while (checkpoint === undefined || checkpoint.size < head.seq) {
    unsigned = joined(unsigned, await readNewLeaves(deps.db, head, frontier, deps.most))
    const key = own.find((each) => maySign(ring, each, log, frontier.size))
    if (!key && frontier.size >= head.seq) throw unknownKey()
    // A key signs nothing that ends before it came in: what lies there is part of the next checkpoint.
    if (!key) continue
    checkpoint = signCheckpoint({ log, size: frontier.size, root: frontier.root() }, key)
    const { leaves, subtrees } = unsigned
    await storeCheckpoint(deps.db, { checkpoint, leaves: Buffer.concat(leaves), subtrees }, fence)
    unsigned = { leaves: [], subtrees: [] }
  }
  const { note } = checkpoint
  await changeSeen(deps.memory, (seen) => seen.put(head.log, { note, keys: ring.keys }))
  return checkpoint
}

function joined(one: NewLeaves, other: NewLeaves): NewLeaves {
  return {
    leaves: [...one.leaves, ...other.leaves],
    subtrees: [...one.subtrees, ...other.subtrees],
  }
}

function maySign(ring: KeyRing, { publicKey }: SigningKey, log: string, size: number): boolean {
  return ring.maySign(publicKey.toString('hex'), log, size)
}

/**
 * The keys of this machine, newest first, of which the log lets one sign from now on; the first of all is brought in
 * by itself.
 */
async function findSigners({
  db,
  keys,
  actor,
}: CheckpointerDeps): Promise<{ ring: KeyRing; own: SigningKey[] }> {
  const { log } = await readHead(db)
  const [own, ring] = [await keys.readOrMake(), await readKeyRing(db, log)]
  if (own.some((each) => maySign(ring, each, log, Number.MAX_SAFE_INTEGER))) return { ring, own }
  const [newest] = own
  if (ring.keys.length > 0 || newest === undefined) throw unknownKey()
  const publicKey = newest.publicKey.toString('hex')
  await storeIntroduction(db, introduce({ log, publicKey, replaces: null }, newest), actor)
  return { ring: await readKeyRing(db, log), own }
}

/** The tree as it was signed last, once it is certain that the log still begins with it. */
async function resume({ db, memory }: CheckpointerDeps, { log, seq }: Head, ring: KeyRing) {
  const stored = await newestCheckpoint(db, log)
  const checkpoint = stored && parseCheckpoint(stored.note)?.checkpoint
  const size = checkpoint?.size ?? 0
  const refuse = (kind: FindingKind, at: number, what: string) =>
    inconsistent({ kind, log, seq: at, message: what })
  if (stored && (!checkpoint || !isSignedBy(ring, stored.note, log) || checkpoint.size !== stored.size)) {
    throw refuse(
      'bad_signature',
      stored.size,
      `The checkpoint at ${stored.size} is not signed by a key of the log`,
    )
  }
  if (size > seq)
    throw refuse('truncated', seq + 1, `Entry ${seq + 1} is missing: ${size} entries were signed`)

  const tree = logTree(db, log)
  const peaks = await tree.peaks(size).catch(asHole(log, size))
  const frontier = new Frontier(size, peaks)
  if (checkpoint && !frontier.root().equals(checkpoint.root)) {
    throw refuse('forked', size, `The entries up to ${size} are not those that were signed`)
  }
  const seen = (await readSeen(memory)).get(log)
  if (seen) await compareWithMemory(tree, seenCheckpoint(memory, log, seen), size, refuse)
  return { checkpoint, frontier }
}

async function compareWithMemory(
  tree: StoredTree,
  seen: SignedCheckpoint,
  size: number,
  refuse: (kind: FindingKind, seq: number, what: string) => HelixError,
): Promise<void> {
  if (seen.size > size) {
    throw refuse(
      'truncated',
      size + 1,
      `This machine signed ${seen.size} entries, the database knows of ${size}`,
    )
  }
  const root = await tree.hash([0, seen.size]).catch(asHole(seen.log, seen.size))
  if (root.equals(seen.root)) return
  throw refuse('forked', seen.size, `The entries up to ${seen.size} are not those that this machine signed`)
}

function asHole(log: string, size: number): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof RangeError)) throw cause
    throw inconsistent({
      kind: 'gap',
      log,
      seq: size,
      message: `Of the entries up to ${size} some are missing`,
    })
  }
}

function inconsistent(finding: Finding): HelixError {
  return new HelixError('findings', `No checkpoint is signed: ${finding.message}`, {
    hint: 'Keep the database as it is and run helix audit verify; after a restore by hand, start a new log.',
    next: ['helix audit verify'],
    details: { ...finding },
  })
}

function unknownKey(): HelixError {
  return new HelixError(
    'precondition_failed',
    'The audit key of this machine is none of those the log knows',
    {
      hint:
        'Give every gateway the same HELIX_AUDIT_KEY (or audit-key.json), or bring this key in where a known one ' +
        'is: `helix keys trust <key>`.',
      next: ['helix keys show audit'],
    },
  )
}
