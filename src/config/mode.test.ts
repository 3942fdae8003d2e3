import { describe, expect, test } from 'vitest'
import { tempProject } from '../../test/support/project.ts'
import { inspectConfig, type Need } from './load.ts'

const inspect = async (environment: Record<string, string>, needs?: readonly Need[]) => {
  const { config, problems } = await inspectConfig({
    cwd: tempProject(),
    environment,
    ...(needs && { needs }),
  })
  return { ...config, problems: problems.map(({ source }) => source), fixes: problems.map(({ fix }) => fix) }
}

const SUPABASE_URL = 'https://abcdef.supabase.co'
const PROJECT_DB = 'postgresql://postgres:pw@db.abcdef.supabase.co:5432/postgres'
const DATABASE_URL = 'postgres://helix:pw@127.0.0.1:5432/helix'

describe('the mode', () => {
  test('is supabase with SUPABASE_URL, on SUPABASE_DB_URL before DATABASE_URL', async () => {
    const config = await inspect({ SUPABASE_URL, SUPABASE_DB_URL: PROJECT_DB, DATABASE_URL })
    expect(config).toMatchObject({ mode: 'supabase', problems: [] })
    expect(config.connection?.reveal()).toBe(PROJECT_DB)
    expect(config.sources.mode?.at).toBe('SUPABASE_URL is set')
  })

  test('is supabase on DATABASE_URL where that is all there is', async () => {
    expect((await inspect({ SUPABASE_URL, DATABASE_URL })).connection?.reveal()).toBe(DATABASE_URL)
  })

  test('is supabase without a connection string, which names what is missing and where to copy it', async () => {
    const { problems, fixes } = await inspect({ SUPABASE_URL })
    expect(problems).toEqual(['SUPABASE_DB_URL'])
    expect(fixes[0]).toContain('https://supabase.com/dashboard/project/abcdef')
  })

  test('is postgres with DATABASE_URL alone', async () => {
    const config = await inspect({ DATABASE_URL })
    expect(config).toMatchObject({ mode: 'postgres', problems: [] })
    expect(config.connection?.reveal()).toBe(DATABASE_URL)
  })

  test('is embedded with neither', async () => {
    expect(await inspect({})).toMatchObject({ mode: 'embedded', connection: undefined, problems: [] })
  })

  test.each([
    ['embedded', []],
    ['postgres', []],
    ['supabase', ['SUPABASE_URL']],
  ])('is %s when HELIX_MODE says so', async (mode, problems) => {
    expect(await inspect({ HELIX_MODE: mode, DATABASE_URL })).toMatchObject({ mode, problems })
  })
})

describe('a connection string is refused', () => {
  test.each([
    [
      'of the transaction pooler',
      'postgres://postgres.abcdef:pw@aws-0-eu-central-1.pooler.supabase.com:6543/postgres',
    ],
    ['with its placeholder', 'postgresql://postgres:[YOUR-PASSWORD]@db.abcdef.supabase.co:5432/postgres'],
  ])('%s, in both modes', async (_what, url) => {
    expect((await inspect({ SUPABASE_URL, SUPABASE_DB_URL: url })).problems).toEqual(['SUPABASE_DB_URL'])
    expect((await inspect({ DATABASE_URL: url })).problems).toEqual(['DATABASE_URL'])
  })

  test('but a server of our own may listen on port 6543', async () => {
    expect((await inspect({ DATABASE_URL: 'postgres://u:p@127.0.0.1:6543/db' })).problems).toEqual([])
  })
})

describe('in production', () => {
  const production = { NODE_ENV: 'production' }

  test('neither the embedded database nor a simulated Claude is used unasked', async () => {
    expect(await inspect(production)).toMatchObject({
      problems: ['NODE_ENV', 'CLAUDE_API_KEY'],
      simulated: false,
    })
  })

  test('both are used when asked for', async () => {
    const config = await inspect({ ...production, HELIX_MODE: 'embedded', HELIX_SIMULATE: '1' })
    expect(config).toMatchObject({ problems: [], mode: 'embedded', simulated: true })
  })

  test('is also what the environment of that name means', async () => {
    expect((await inspect({ HELIX_ENV: 'production' })).problems).toHaveLength(2)
    expect((await inspect({ HELIX_ENV: 'production', NODE_ENV: 'development' })).problems).toEqual([])
  })

  test('a client of a gateway needs neither', async () => {
    expect((await inspect(production, [])).problems).toEqual([])
    expect((await inspect(production, ['database'])).problems).toEqual(['NODE_ENV'])
  })
})

describe('Claude is simulated', () => {
  test.each([
    ['without a key', {}, true],
    ['not with a key', { CLAUDE_API_KEY: 'k' }, false],
    ['with a key when asked for', { CLAUDE_API_KEY: 'k', HELIX_SIMULATE: 'true' }, true],
  ])('%s', async (_when, environment, simulated) => {
    expect(await inspect(environment)).toMatchObject({ simulated, problems: [] })
  })

  test('never when HELIX_SIMULATE forbids it: then a key is needed', async () => {
    expect(await inspect({ HELIX_SIMULATE: '0' })).toMatchObject({
      simulated: false,
      problems: ['CLAUDE_API_KEY'],
    })
  })

  test('with a warning when another server was meant', async () => {
    const { notices } = await inspect({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:4010/' })
    expect(notices).toMatchObject([{ level: 'warning', source: 'ANTHROPIC_BASE_URL' }])
  })
})
