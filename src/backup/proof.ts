import { z } from 'zod'
import { HelixError } from '../errors.ts'
import { type Destination, readText } from './destinations/destination.ts'
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

/** The proof that lies beside a backup; undefined where there is none, or it is of something else. */
export async function readProof(
  destination: Pick<Destination, 'get'>,
  { id, archive }: Manifest,
): Promise<Proof | undefined> {
  const text = await readText(destination, proofName(id)).catch((thrown) => {
    if (thrown instanceof HelixError && thrown.code === 'backup_not_found') return undefined
    throw thrown
  })
  if (text === undefined) return undefined
  const parsed = SignedProof.safeParse(parseJson(text))
  if (!parsed.success || !isSignedDocument(parsed.data, 'proof')) return undefined
  return parsed.data.backup === id && parsed.data.archive === archive.sha256 ? parsed.data : undefined
}
