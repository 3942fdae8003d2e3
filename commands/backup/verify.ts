import { z } from 'zod'
import { checkFile, checkParts } from '../../src/backup/read.ts'
import { stoppableFrom } from '../../src/backup/stoppable.ts'
import { argument, defineCommand, option } from '../define.ts'
import { fromOption, identitiesOf, identityOption, openDestination } from './place.ts'
import { DRILL_ACTS, prove } from './prove.ts'
import { summary } from './shown.ts'
import { findSigned, signedByOption } from './signer.ts'

export default defineCommand({
  examples: [
    ['helix backup verify', 'open the newest backup and hold every table to its manifest'],
    [
      'helix backup verify 20261125T221500Z-4f1c9a --level file',
      'compare its bytes alone; needs no private key',
    ],
  ],
  description:
    '`file` reads the archive and compares its bytes, `list` also opens it and compares the rows of every table,\n' +
    '`restore` is a drill: into an empty database and back. Ends with 8 where anything differs.',
  arguments: {
    backup: argument('[backup]', 'its name; `latest` unless told', z.string().default('latest')),
  },
  options: {
    level: option(
      '--level <level>',
      'how far to go: file, list or restore',
      z.enum(['file', 'list', 'restore']).default('list'),
    ),
    from: fromOption,
    identity: identityOption,
    signedBy: signedByOption,
  },
  acts: DRILL_ACTS,
  async run({ backup, level, from, identity, signedBy }, context) {
    const destination = await openDestination(context, from)
    const manifest = await findSigned(context, destination, { backup, signedBy })
    const stopping = stoppableFrom(destination, context.signal)
    if (level === 'file') await checkFile(stopping, manifest)
    else if (level === 'restore') await prove(context, destination, manifest, { identity })
    else await checkParts(stopping, manifest, await identitiesOf(context, identity))
    return { ...summary(manifest), level }
  },
  view: ({ id, level, rows }, { colour }) =>
    `${colour.green('✔')} ${id}: ${level === 'file' ? 'every byte is' : `all ${rows} rows are`} as its manifest says.`,
})
