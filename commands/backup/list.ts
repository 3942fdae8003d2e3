import { listBackups } from '../../src/backup/list.ts'
import { type FoundProof, readProof } from '../../src/backup/proof.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { defineCommand } from '../define.ts'
import { fromOption, openDestination } from './place.ts'
import { platformLines, platformOf } from './platform.ts'
import { listed, size } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix backup list', 'the backups there are, newest first'],
    ['helix backup list --from /mnt/disk/helix', 'those of another folder'],
  ],
  description:
    'What was cut short while it was made is no backup and is not listed. Opens none of them. With Supabase and its\n' +
    'SUPABASE_ACCESS_TOKEN also what Supabase keeps of the project itself, and whether it can go back to any moment.',
  options: { from: fromOption },
  async run({ from }, context) {
    const destination = await openDestination(context, from)
    const backups = []
    for (const each of await listBackups(destination)) {
      const { proof, unread }: FoundProof = each.manifest ? await readProof(destination, each.manifest) : {}
      backups.push({ ...listed(each), provedAt: proof?.at ?? null, proofUnread: unread ?? null })
    }
    return { place: destination.name, backups, platform: await platformOf(context) }
  },
  view({ place, backups, platform }, { colour }) {
    const own = backups.map((backup) =>
      'at' in backup && backup.damage === null
        ? `${backup.id}  ${size(backup.bytes).padStart(8)}  ${backup.rows} rows  ${backup.reason}${proofShown(backup, colour)}`
        : `${colour.red(backup.id)}  ${backup.damage}`,
    )
    const none = own.length === 0 ? [`No backups in ${place}.`] : []
    return [...none, ...own, ...platformLines(platform, colour)].join('\n')
  },
})

function proofShown(
  { provedAt, proofUnread }: { provedAt: string | null; proofUnread: string | null },
  colour: Colour,
): string {
  if (proofUnread !== null) return colour.red(`  its proof cannot be read: ${proofUnread}`)
  return provedAt === null ? '' : colour.green('  proved')
}
