import { z } from 'zod'
import type { Incident } from '../../src/contract/incidents.ts'
import { checkIntegrity } from '../../src/db/integrity.ts'
import { HelixError } from '../../src/errors.ts'
import type { Incidents } from '../../src/incidents/incidents.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { argument } from '../define.ts'

/** Which incident a command is about. */
export const which = argument(
  '<incident>',
  'its id, the beginning of it, or `latest` for the newest open one',
  z.string().trim().min(4).max(36),
)

/** The incidents in the database of the configuration. @throws HelixError `precondition_failed` */
export async function openIncidents(context: Context): Promise<Incidents> {
  const config = await context.config(['database'])
  const { createIncidents } = await import('../../src/incidents/incidents.ts')
  const db = await context.existingDatabase()
  if (!db) {
    throw new HelixError('precondition_failed', `There is no database in ${config.dataDir} yet`, {
      hint: 'Start Helix once: incidents are kept in its database.',
      next: ['helix up'],
    })
  }
  const look = () => checkIntegrity(db, context.signal)
  return createIncidents({ db, audit: await context.log().audit(), look })
}

/** An incident on one line of a list. */
export function incidentLine({ id, title, severity, status, startedAt }: Incident, colour: Colour): string {
  const standing = status === 'resolved' ? colour.green(status) : colour.red(status)
  const facts = `${colour.dim(id.slice(0, 8))}  ${startedAt.slice(0, 16).replace('T', ' ')}`
  return `${facts}  ${standing}  ${severity}  ${safeText(title)}`
}

/** What a command says of what it did. */
export function incidentSaid({ id, title, status }: Incident, colour: Colour, undo: string): string {
  const short = id.slice(0, 8)
  return [
    `${colour.green('✔')} ${safeText(title)}: ${status}. Everyone sees it on the status page.`,
    colour.dim(undo.replaceAll('<id>', short)),
  ].join('\n')
}
