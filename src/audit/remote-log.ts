import type { Http } from '../client/http.ts'
import type { AuditHead } from '../contract/admin/audit.ts'
import { HelixError } from '../errors.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoints/checkpoint.ts'
import { type Known, type ProofDocument, parseProof } from './checkpoints/proof.ts'

const PAGE = 1_000

/** The log of a gateway elsewhere, as its creator may read it. */
export interface RemoteLog {
  /** Where it stood when it was first asked. */
  head(): Promise<AuditHead>
  /** Exported lines up to there; of the logs it continues too, unless only what comes after `since` is wanted. */
  lines(since?: number): AsyncGenerator<string>
  /** What its newest checkpoint proves of how it grew since the newest of these places that it comes from. */
  proof(known: readonly Known[]): Promise<ProofDocument>
}

export function createRemoteLog(http: Http): RemoteLog {
  let asked: Promise<AuditHead> | undefined
  const head = () => {
    asked ??= http.json<AuditHead>('/api/admin/audit')
    return asked
  }

  async function* linesOf(log: string, since: number, until: number): AsyncGenerator<string> {
    for (let from = since + 1; from <= until; from += PAGE) {
      const limit = Math.min(PAGE, until - from + 1)
      const response = await http.open(
        `/api/admin/audit/entries?log=${encodeURIComponent(log)}&from=${from}&limit=${limit}`,
      )
      const lines = (await response.text()).split(/(?<=\n)/)
      yield* lines.filter((line) => line !== '')
      if (lines.length < limit) return
    }
  }

  return {
    head,
    async *lines(since) {
      const { log, size, logs } = await head()
      if (since === undefined) {
        for (const earlier of logs.slice(0, -1)) yield* linesOf(earlier, 0, Number.MAX_SAFE_INTEGER)
      }
      yield* linesOf(log, since ?? 0, size)
    },
    async proof(known) {
      const { logs } = await head()
      const from = logs.toReversed().flatMap((log) => known.filter((each) => each.log === log))[0]
      const query = from ? `?log=${encodeURIComponent(from.log)}&size=${from.size}` : ''
      return parseProof(await (await http.open(`/api/admin/audit/proof${query}`)).text())
    },
  }
}

/** The newest checkpoint of the log, as a voucher for its entries. */
export function checkpointOf({ checkpoint }: AuditHead): SignedCheckpoint[] {
  if (checkpoint === null) return []
  const parsed = parseCheckpoint(checkpoint.note)
  if (parsed) return [parsed.checkpoint]
  throw new HelixError('findings', 'The newest checkpoint of the gateway cannot be read', {
    hint: 'Keep what it answers, and compare the log with an earlier export.',
  })
}
