import { setTimeout as sleep } from 'node:timers/promises'
import { typist } from '../../src/audit/actors.ts'
import type { Head } from '../../src/audit/append.ts'
import type { DatabasePlace } from '../../src/db/open.ts'
import { asHelixError, HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { databasePlace } from '../database-place.ts'
import { makeBackup } from './make.ts'
import { openPlatform } from './platform.ts'

/** How often, and how far apart, a database is tried that has just come back. */
const MOST_TRIES = 60
const PAUSE_MS = 5_000

/** What came of going back to a moment. */
export interface WentBack {
  project: string
  at: string
  /** Between these any moment can be had. */
  earliest: string | null
  latest: string | null
  safety: string | null
  /** The log the restored database goes on under; null before anything was done. */
  chain: Head | null
}

/**
 * Has Supabase put the project back to a moment, waits for it, and starts a new log as every restore does.
 * @throws HelixError `usage` where the database is not Supabase's, `precondition_failed` where it cannot go back there
 */
export async function restoreToMoment(
  at: Date,
  { safetyBackup, everySeconds }: { safetyBackup: boolean; everySeconds: number },
  context: Context,
): Promise<WentBack> {
  const config = await context.config(['database'])
  if (config.mode !== 'supabase') throw notSupabase()
  const { api, project } = await openPlatform(context)
  const { assertCanGoBackTo, platformBackups } = await import('../../src/supabase/backups.ts')
  const kept = await platformBackups(api, project)
  assertCanGoBackTo(at, kept)
  const plan = { project, at: at.toISOString(), earliest: kept.earliest, latest: kept.latest }
  if (context.dryRun) return { ...plan, safety: null, chain: null }
  const act = `Put the whole project ${project} back to ${plan.at}; it is away meanwhile, and what was written since is gone`
  await context.consent({ act, name: project })
  context.note(
    'People are better off with a word: helix maintenance on, here and on each machine, holds them back.',
  )
  const reason = `before going back to ${plan.at}`
  const safety = safetyBackup ? (await makeBackup(context, await context.database(), { reason })).id : null
  if (safety !== null) context.note(`What is there now was backed up as ${safety}`)
  const { goBackTo } = await import('../../src/supabase/go-back.ts')
  // The chain goes back with the database, so only the journal can know of this.
  const chain = await context.log('journal').act(
    'restore.point.start',
    { project, at: plan.at, safety },
    async () => {
      const onStatus = (status: string) => context.note(`The project is ${status}`)
      await goBackTo({ api, project, at, onStatus, everyMs: everySeconds * 1_000 })
      return startAnewOn(databasePlace(config), plan.at, context)
    },
    (head) => ({ log: head?.log ?? null }),
  )
  return { ...plan, safety, chain }
}

/** The same for people. */
export function momentLines(
  { project, at, earliest, latest, safety, chain }: WentBack,
  context: Context,
): string {
  const { colour, dryRun } = context
  if (dryRun)
    return `Would have Supabase put ${project} back to ${at}; it can to any moment from ${earliest} to ${latest}.`
  return [
    `${colour.green('✔')} ${project} is as it was on ${at}.`,
    ...(chain ? [`The log goes on as ${chain.log}. Everybody signs in again; restart every gateway.`] : []),
    colour.dim(
      safety === null
        ? 'To undo it, go to a moment before this, as long as Supabase keeps it: helix backup list.'
        : `To undo it: helix restore ${safety}`,
    ),
  ].join('\n')
}

/** A project that says it is well may still not let anybody in for a while. */
async function startAnewOn(place: DatabasePlace, at: string, context: Context): Promise<Head | null> {
  const { openDatabase } = await import('../../src/db/open.ts')
  const { startAnew } = await import('../../src/supabase/start-anew.ts')
  for (let tries = 1; ; tries += 1) {
    try {
      const db = await openDatabase(place)
      try {
        return await startAnew(db, { actor: typist(), at })
      } finally {
        await db.close()
      }
    } catch (thrown) {
      context.signal.throwIfAborted()
      if (asHelixError(thrown).code !== 'database_unreachable' || tries >= MOST_TRIES)
        throw unfinished(thrown, at)
      await sleep(PAUSE_MS, undefined, { signal: context.signal })
    }
  }
}

function unfinished(thrown: unknown, at: string): HelixError {
  const { message } = asHelixError(thrown)
  return new HelixError(
    'restore_failed',
    `The project is as it was on ${at}, but no new log was begun: ${message}`,
    {
      hint: 'Until one is, the log ends before what others know of it, and who was signed out since then is in again. Run the same command once more.',
      cause: thrown,
    },
  )
}

function notSupabase(): HelixError {
  return new HelixError('usage', 'Only Supabase goes back to a moment', {
    hint: 'A PostgreSQL of your own is put back by what archives its log; Helix restores a backup.',
    next: ['helix backup list', 'helix restore latest'],
  })
}
