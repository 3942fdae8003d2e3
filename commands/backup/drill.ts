import { z } from 'zod'
import { span } from '../../src/ui/span.ts'
import { argument, defineCommand, option } from '../define.ts'
import { fromOption, identityOption, openDestination } from './place.ts'
import { DRILL_ACTS, prove } from './prove.ts'
import { summary } from './shown.ts'
import { findSigned, signedByOption } from './signer.ts'

/** Whoever may list processes reads command lines, and a shell keeps them. */
const NO_PASSWORD =
  'a password has no place on a command line: set HELIX_DRILL_DATABASE_URL instead, or leave it to PGPASSWORD or ~/.pgpass'

function hasNoPassword(url: string): boolean {
  return !URL.canParse(url) || (new URL(url).password === '' && !new URL(url).searchParams.has('password'))
}

export default defineCommand({
  examples: [
    ['helix backup drill', 'restore the newest backup into an empty database, and keep the evidence'],
    [
      'helix backup drill --into postgres://localhost/drill',
      'into a PostgreSQL database that is empty, without a password',
    ],
    ['helix backup drill latest --evidence drill.json', 'and keep the evidence in a file of your own too'],
  ],
  description:
    'Every row is read back from the restored database and held to the manifest, and the audit chain is verified.\n' +
    'Says what would have been lost and how long the restore took. The evidence lies beside the backup, signed; the\n' +
    'last backup that was proved is never pruned. Needs a private key, so run it where one is.',
  arguments: {
    backup: argument('[backup]', 'its name; `latest` unless told', z.string().default('latest')),
  },
  options: {
    into: option(
      '--into <url>',
      'an empty PostgreSQL database; else that of HELIX_DRILL_DATABASE_URL, else an embedded one, thrown away afterwards',
      z.string().min(1).refine(hasNoPassword, NO_PASSWORD).optional(),
    ),
    evidence: option('--evidence <file>', 'where to keep the evidence too', z.string().min(1).optional()),
    from: fromOption,
    identity: identityOption,
    signedBy: signedByOption,
  },
  acts: DRILL_ACTS,
  async run({ backup, from, signedBy, into: named, ...wanted }, context) {
    const into = named ?? (await context.config()).backup.drillDatabaseUrl?.reveal()
    const destination = await openDestination(context, from)
    const manifest = await findSigned(context, destination, { backup, signedBy })
    const {
      rpoSeconds,
      restoreMs,
      into: server,
      at,
      chain,
    } = await prove(context, destination, manifest, { ...wanted, into })
    return { ...summary(manifest), provedAt: at, into: server, rpoSeconds, restoreMs, chain }
  },
  view: ({ id, rows, into, rpoSeconds, restoreMs, chain }, { colour }) =>
    [
      `${colour.green('✔')} ${id} can be restored: ${rows} rows came out of ${into} as they went in.`,
      `Its audit chain holds up to entry ${chain.seq}.`,
      `Would have been lost (RPO): the last ${span(rpoSeconds * 1_000)}. Restored in (RTO): ${(restoreMs / 1_000).toFixed(1)} s.`,
    ].join('\n'),
})
