import { z } from 'zod'
import { checkFile, checkParts } from '../../src/backup/read.ts'
import { stoppableFrom } from '../../src/backup/stoppable.ts'
import { notForLong } from '../../src/db/stopping.ts'
import { argument, defineCommand, option } from '../define.ts'
import { tellingWhatIsLeft } from '../stopped.ts'
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
    const checked = { ...summary(manifest), level }
    if (level === 'restore') {
      await prove(context, destination, manifest, { identity })
      return checked
    }
    const stopping = stoppableFrom(destination, context.signal)
    const identities = level === 'file' ? [] : await identitiesOf(context, identity)
    const check =
      level === 'file' ? checkFile(stopping, manifest) : checkParts(stopping, manifest, identities)
    await tellingWhatIsLeft(notForLong(check, context.signal), context, () => ({
      message: `The check was stopped: whether ${manifest.id} is whole is not known`,
      hint: 'Nothing was changed: it only reads.',
      next: ['backup', 'verify', manifest.id, '--level', level],
    }))
    return checked
  },
  view: ({ id, level, rows }, { colour }) =>
    `${colour.green('✔')} ${id}: ${level === 'file' ? 'every byte is' : `all ${rows} rows are`} as its manifest says.`,
})
