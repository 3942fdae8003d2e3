import type { AuditEntry, NewEntry } from '../entry.ts'
import { link, pick, type Random, randomChain } from '../generate.case.ts'
import { Frontier } from '../merkle/frontier.ts'
import { entryLeaf } from '../merkle/tree.ts'
import { signCheckpoint } from './checkpoint.ts'
import type { Vouchers } from './checkpoint-check.ts'
import { introduce, introductionEntry } from './introduction.ts'
import { newSigningKey, type SigningKey } from './signing-keys.ts'
import type { StoredCheckpoint } from './stored.ts'

export const LOG = 'log-a'
const START = 1_700_000_000_000

/** The entry by which the first key of a log comes in. */
export function firstKey(key: SigningKey, log = LOG): NewEntry {
  const publicKey = key.publicKey.toString('hex')
  return introductionEntry(introduce({ log, publicKey, replaces: null }, key), 'cli:test')
}

/** The entry by which `by` brings `key` in and, where told to, steps back. */
export function nextKey(key: SigningKey, by: SigningKey, replaces: boolean, log = LOG): NewEntry {
  const publicKey = key.publicKey.toString('hex')
  const old = replaces ? by.publicKey.toString('hex') : null
  return introductionEntry(introduce({ log, publicKey, replaces: old }, by), 'cli:test')
}

/** The entries in their order, linked anew. */
export function relinked(entries: readonly (NewEntry | AuditEntry)[], log = LOG): AuditEntry[] {
  return link(log, entries, (index) => {
    const entry = entries[index]
    return new Date(entry && 'at' in entry ? entry.at : START + index * 10)
  })
}

/** What a log keeps that is signed with `key` at these sizes. */
export function checkpointsOf(chain: readonly AuditEntry[], sizes: readonly number[], key: SigningKey) {
  const frontier = new Frontier()
  const checkpoints: StoredCheckpoint[] = []
  let leaves: Buffer[] = []
  for (const { log, hash } of chain) {
    leaves.push(entryLeaf(hash))
    frontier.push(entryLeaf(hash))
    const { size } = frontier
    if (!sizes.includes(size)) continue
    const { note, root } = signCheckpoint({ log, size, root: frontier.root() }, key)
    checkpoints.push({
      log,
      size,
      note,
      root: Buffer.from(root).toString('hex'),
      leaves: Buffer.concat(leaves),
    })
    leaves = []
  }
  return checkpoints
}

/** A log of 12 to 72 entries that brings its key in first, signed at a handful of places, the last its end. */
export function signedChain(random: Random) {
  const key = newSigningKey()
  const [first, ...more] = randomChain(random, 12 + Math.floor(random() * 60))
  if (!first) throw new Error('The chain is empty')
  const shifted = more.map((entry) => ({ ...entry, data: { ...entry.data, ...moved(entry) } }))
  const chain = relinked([firstKey(key), first, ...shifted])
  const sizes = chain.flatMap((_, index) =>
    random() < 0.15 || index === chain.length - 1 ? [index + 1] : [],
  )
  return {
    key,
    chain,
    sizes,
    checkpoints: checkpointsOf(chain, sizes, key),
    place: 1 + Math.floor(random() * (chain.length - 3)),
    pick: <T>(all: readonly T[]) => pick(random, all),
  }
}

function moved({ data: { intent } }: AuditEntry) {
  return typeof intent === 'number' ? { intent: intent + 1 } : {}
}

/** These checkpoints as a verifier is handed them. */
export function vouch(checkpoints: readonly StoredCheckpoint[], more: Vouchers = {}): Vouchers {
  async function* stored() {
    yield* checkpoints
  }
  return {
    stored: stored(),
    leavesOf: async (log, size) => checkpoints.find((each) => each.log === log && each.size === size)?.leaves,
    ...more,
  }
}
