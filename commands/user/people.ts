import { z } from 'zod'
import type { Config } from '../../src/config/config.ts'
import type { Database } from '../../src/db/database.ts'
import { HelixError } from '../../src/errors.ts'
import type { PeopleAdmin } from '../../src/people/admin/admin.ts'
import type { SignInHome } from '../../src/people/admin/homes.ts'
import { readCreator } from '../../src/people/creator.ts'
import type { Context } from '../context.ts'
import { argument } from '../define.ts'

/** Whom a command is about. */
export const who = argument('<who>', 'an address, or a user id', z.string().trim().min(3).max(320))

/** What is written down before a person is changed. */
export const CHANGES = ['user.change.start'] as const

/** The administration of people over the database of the configuration. @throws HelixError `precondition_failed` */
export async function openPeople(context: Context): Promise<{ db: Database; people: PeopleAdmin }> {
  const config = await context.config(['database'])
  const { createPeopleAdmin } = await import('../../src/people/admin/admin.ts')
  const db = await context.existingDatabase()
  if (!db) throw noDatabase(config.dataDir)
  const creatorId = config.creatorId ?? (await readCreator(db))
  const people = createPeopleAdmin({
    db,
    audit: await context.log().audit(),
    home: await homeOf(config, db),
    isCreator: (userId) => userId === creatorId,
  })
  return { db, people }
}

async function homeOf({ mode, supabase }: Config, db: Database): Promise<SignInHome> {
  const { builtInBan, supabaseSignIn } = await import('../../src/people/admin/homes.ts')
  const { createSupabaseAdmin } = await import('../../src/signin/supabase-admin.ts')
  if (mode !== 'supabase') return { ban: builtInBan(db), invite: byTheGateway }
  return supabaseSignIn(
    createSupabaseAdmin({ url: supabase.url ?? '', serviceRole: supabase.serviceRole, fetch }),
  )
}

/** Keys and mails are the gateway's. */
function byTheGateway(): never {
  throw new HelixError('internal', 'Invitations are sent by a gateway')
}

function noDatabase(dataDir: string): HelixError {
  return new HelixError('precondition_failed', `There is no database in ${dataDir} yet`, {
    hint: 'Start Helix once; people then sign up.',
    next: ['helix up'],
  })
}
