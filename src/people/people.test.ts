import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresUnavailable } from '../../test/support/postgres.ts'
import { postgresForSignIn, type SignInDatabase } from '../../test/support/signin-server.ts'
import { ensureOwner } from './owner.ts'
import { createPeople } from './people.ts'

describe.skipIf(postgresUnavailable)(`people ${postgresUnavailable ?? ''}`, () => {
  let database: SignInDatabase
  beforeAll(async () => {
    database = await postgresForSignIn()
  })
  afterAll(() => database?.drop())

  async function newUser() {
    const [row] = await database.db.query<{ id: string }>(
      `insert into auth.users default values returning id`,
    )
    if (!row) throw new Error('no user')
    return row.id
  }

  test('the owner is one, whoever asks first', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => ensureOwner(database.db)))
    expect(new Set(ids).size).toBe(1)
    const users = await database.db.query(
      `select encrypted_password from auth.users where email like 'owner@%'`,
    )
    expect(users).toEqual([{ encrypted_password: '' }])
  })

  test('many first sights at once give one pseudonym', async () => {
    const userId = await newUser()
    const sights = await Promise.all(
      Array.from({ length: 10 }, () => createPeople(database.db, { creatorId: null }).arrive(userId)),
    )
    expect(new Set(sights.map(({ actor }) => actor)).size).toBe(1)
    expect(sights[0]).toEqual({ actor: expect.stringMatching(/^person:/), creator: false })
  })

  test('a person known before becomes creator when the configuration names them', async () => {
    const userId = await newUser()
    const before = await createPeople(database.db, { creatorId: null }).arrive(userId)
    const people = createPeople(database.db, { creatorId: userId })
    expect(await people.owner()).toMatchObject({ userId, actor: before.actor, creator: true })
    const profile = await database.db.query(
      `select role, trust_level from public.user_profiles where user_id = $1`,
      [userId],
    )
    expect(profile).toEqual([{ role: 'creator', trust_level: 1 }])
  })

  test('whoever was creator before is a member again once another is seen', async () => {
    const [first, second] = [await newUser(), await newUser()]
    await createPeople(database.db, { creatorId: first }).owner()
    const people = createPeople(database.db, { creatorId: second })
    await people.owner()
    const profiles = await database.db.query(
      `select user_id, trust_level from public.user_profiles where role = 'creator'`,
    )
    expect(profiles).toEqual([{ user_id: second, trust_level: 1 }])
    expect([people.isCreator(first), people.isCreator(second)]).toEqual([false, true])
  })

  test('nobody acts as an owner who is not named, and nobody arrives without an account', async () => {
    const people = createPeople(database.db, { creatorId: null })
    await expect(people.owner()).rejects.toMatchObject({ code: 'precondition_failed' })
    await expect(people.arrive('6f1c1c1e-2f0f-4b7e-9c39-0d7f0d5f9a11')).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })
})
