import { checkpointOf, type RemoteLog } from '../../src/audit/remote-log.ts'
import { verifyEntries } from '../../src/audit/verify.ts'
import type { Checked, Given } from './verify-here.ts'

/** The log of a gateway elsewhere, entry by entry, with the newest checkpoint it shows. */
export async function verifyGateway(
  remote: RemoteLog & { url: string },
  { graceMs, witnessed, anchor }: Given,
): Promise<Checked[]> {
  const head = await remote.head()
  const verification = await verifyEntries(remote.lines(), {
    graceMs,
    head: { log: head.log, seq: head.size, hash: head.hash },
    vouchers: { witnessed, remembered: checkpointOf(head), anchor },
  })
  return [{ source: remote.url, ...verification }]
}
