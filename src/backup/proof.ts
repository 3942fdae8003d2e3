import { z } from 'zod'
import { codeOf } from '../errors.ts'
import { type Destination, readText, whyUnread } from './destinations/destination.ts'
import { type Manifest, proofName } from './manifest.ts'
import { isSignedDocument, parseJson, Signature } from './signed.ts'

const Proof = z.object({
  format: z.literal(1),
  /** Which backup, by its archive's hash too. */
  backup: z.string(),
  archive: z.string(),
  at: z.iso.datetime(),
  helix: z.string(),
  by: z.string(),
  /** Where it was restored to. */
  into: z.string(),
  /** What came out, table by table, read from the restored database. */
  tables: z.array(z.object({ name: z.string(), rows: z.int(), digest: z.string() })),
  chain: z.object({ log: z.string(), seq: z.int(), hash: z.string() }),
  /** How old its data were, in seconds: what would have been lost. */
  rpoSeconds: z.int(),
  /** From the first byte read to the committed, checked database. */
  restoreMs: z.int(),
})
const SignedProof = Proof.extend({ signature: Signature })

/** What a drill found, and that it was found: evidence that a backup can be restored. */
export type Proof = z.infer<typeof SignedProof>

/** What lies beside a backup; `unread` says why that could not be read, where it may be a proof. */
export interface FoundProof {
  proof?: Proof
  unread?: string
}

/** The proof that lies beside a backup, unless there is none, it is of something else, or it cannot be read. */
export async function readProof(
  destination: Pick<Destination, 'get'>,
  { id, archive }: Manifest,
): Promise<FoundProof> {
  try {
    const parsed = SignedProof.safeParse(parseJson(await readText(destination, proofName(id))))
    if (!parsed.success || !isSignedDocument(parsed.data, 'proof')) return {}
    const isOfIt = parsed.data.backup === id && parsed.data.archive === archive.sha256
    return isOfIt ? { proof: parsed.data } : {}
  } catch (thrown) {
    const unread = whyUnread(thrown)
    return codeOf(thrown) === 'backup_not_found' ? {} : { unread }
  }
}
