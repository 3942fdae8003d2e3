import { listBackups } from '../../src/backup/list.ts'
import { defineCommand } from '../define.ts'
import { fromOption, openDestination } from './place.ts'
import { listed, size } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix backup list', 'the backups there are, newest first'],
    ['helix backup list --from /mnt/disk/helix', 'those of another folder'],
  ],
  description: 'What was cut short while it was made is no backup and is not listed. Opens none of them.',
  options: { from: fromOption },
  async run({ from }, context) {
    const destination = await openDestination(context, from)
    return { place: destination.name, backups: (await listBackups(destination)).map(listed) }
  },
  view({ place, backups }, { colour }) {
    if (backups.length === 0) return `No backups in ${place}.`
    return backups
      .map((backup) =>
        'at' in backup && backup.damage === null
          ? `${backup.id}  ${size(backup.bytes).padStart(8)}  ${backup.rows} rows  ${backup.reason}`
          : `${colour.red(backup.id)}  ${backup.damage}`,
      )
      .join('\n')
  },
})
