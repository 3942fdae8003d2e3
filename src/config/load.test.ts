import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempProject } from '../../test/support/project.ts'
import type { HelixError } from '../errors.ts'
import { inspectConfig, type LoadOptions, loadConfig } from './load.ts'

const load = (cwd: string, options: Partial<LoadOptions> = {}) =>
  loadConfig({ cwd, environment: {}, ...options })
const failure = (cwd: string, options: Partial<LoadOptions> = {}): Promise<HelixError> =>
  load(cwd, options).then(
    () => Promise.reject(new Error('The configuration was accepted')),
    (error) => error,
  )

describe('without anything', () => {
  test('Helix runs embedded and simulated, on port 3000, with its files in .helix', async () => {
    const root = tempProject()
    const config = await load(root)
    expect(config).toMatchObject({ env: 'local', mode: 'embedded', simulated: true, port: 3000, root })
    expect(config.dataDir).toBe(join(root, '.helix'))
    expect(config.notices).toEqual([])
  })

  test('the configuration is frozen to its depths', async () => {
    const config = await load(tempProject())
    expect(() => Object.assign(config.limits, { openReplies: 1 })).toThrow(TypeError)
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError)
  })
})

describe('the stronger place wins', () => {
  const files = {
    'helix.config.mjs': 'export default { port: 4, logLevel: "debug" }',
    '.env.local': 'PORT=3',
  }

  test.each([
    ['the flag', { flags: { port: '1' }, environment: { PORT: '2' } }, 1, '--port'],
    ['the environment', { environment: { PORT: '2' } }, 2, 'PORT in the environment'],
    ['the env file', {}, 3, 'PORT in .env.local:1'],
    ['the configuration file', { flags: { env: 'other' } }, 4, 'port in helix.config.mjs'],
  ])('%s', async (_place, options, port, at) => {
    const config = await load(tempProject(files), options)
    expect(config.port).toBe(port)
    expect(config.sources.port?.at).toBe(at)
    expect(config.logLevel).toBe('debug')
  })

  test('an empty value is none', async () => {
    expect((await load(tempProject(files), { environment: { PORT: '' } })).port).toBe(3)
  })

  test('a stronger alias that hides the name in the file is a warning', async () => {
    const root = tempProject({ '.env.local': 'CLAUDE_API_KEY=project' })
    const config = await load(root, { environment: { ANTHROPIC_API_KEY: 'shell' } })
    expect(config.claude.apiKey?.reveal()).toBe('shell')
    expect(config.notices).toMatchObject([
      { level: 'warning', message: 'it counts instead of CLAUDE_API_KEY in .env.local:1' },
    ])
  })
})

describe('the environment is named', () => {
  const files = { '.env.local': 'PORT=1', '.env.production': 'PORT=2', '.env.staging': 'PORT=3' }
  const production = { NODE_ENV: 'production', HELIX_MODE: 'embedded', HELIX_SIMULATE: '1' }

  test.each([
    ['by --env', { flags: { env: 'staging' }, environment: { HELIX_ENV: 'local' } }, 'staging', 3],
    ['by HELIX_ENV', { environment: { ...production, HELIX_ENV: 'staging' } }, 'staging', 3],
    ['production by NODE_ENV', { environment: production }, 'production', 2],
    ['production under PM2', { environment: { ...production, NODE_ENV: '', pm_id: '0' } }, 'production', 2],
    ['otherwise under PM2 by NODE_ENV', { environment: { NODE_ENV: 'development', pm_id: '0' } }, 'local', 1],
    ['local otherwise', { environment: { NODE_ENV: 'test' } }, 'local', 1],
  ])('%s', async (_way, options, env, port) => {
    expect(await load(tempProject(files), options)).toMatchObject({ env, port })
  })

  test('with something that is no part of a file name, and is refused', async () => {
    const error = await failure(tempProject(), { flags: { env: '../../etc/passwd' } })
    expect(error).toMatchObject({ code: 'config_invalid', exit: 3 })
  })

  test('otherwise than its file says, which is refused', async () => {
    const error = await failure(tempProject({ '.env.local': 'HELIX_ENV=production' }))
    expect(error.message).toContain('HELIX_ENV in .env.local:1')
  })

  test('and its file is missing, which is said when --env asked for it', async () => {
    const config = await load(tempProject(), { flags: { env: 'staging' } })
    expect(config.notices[0]?.message).toContain('there is no .env.staging')
  })
})

describe('what is wrong', () => {
  const files = {
    '.env.local': 'PORT=abc\nHELIX_SIMULAT=1\nDATABASE_URL=mysql://root:hidden@h/db\nnonsense\n',
    'helix.config.mjs': 'export default { prot: 1, claude: { apiKey: "sk-ant-hidden" }, limits: 3 }',
  }

  test('is said all at once, each with source and fix', async () => {
    const error = await failure(tempProject(files), {
      environment: { HELIX_FOO: 'hidden', VITE_K: 'sk-ant-hidden' },
    })
    expect(error.exit).toBe(3)
    const { problems = [] } = error.details as { problems: { source: string; fix: string }[] }
    expect(problems.map(({ source }) => source).sort()).toEqual([
      '.env.local:4',
      'DATABASE_URL in .env.local:3',
      'HELIX_FOO in the environment',
      'HELIX_SIMULAT in .env.local:2',
      'PORT in .env.local:1',
      'VITE_K in the environment',
      'claude.apiKey in helix.config.mjs',
      'limits in helix.config.mjs',
      'prot in helix.config.mjs',
    ])
    for (const { source } of problems) expect(error.message).toContain(`- ${source}: `)
    expect(problems.filter(({ fix }) => !/\w/.test(fix))).toEqual([])
    expect(error.message).toContain('got "abc"')
    expect(error.message).toContain('Did you mean port?')
  })

  test('is said without any secret', async () => {
    const error = await failure(tempProject(files), {
      environment: { HELIX_FOO: 'hidden', VITE_K: 'sk-ant-hidden' },
    })
    expect(error.message + JSON.stringify(error.details)).not.toContain('hidden')
  })

  test('can be looked at, and then counts as unset', async () => {
    const { config, problems } = await inspectConfig({ cwd: tempProject(files), environment: {} })
    expect(config.port).toBe(3000)
    expect(config.sources.port?.at).toBe('default')
    expect(problems.length).toBeGreaterThan(0)
  })

  test('is not said twice: a refused DATABASE_URL is not also missing', async () => {
    const root = tempProject({ '.env.local': 'DATABASE_URL=mysql://h/db' })
    const error = await failure(root, { environment: { HELIX_MODE: 'postgres' } })
    expect(error.message).toMatch(/^The configuration has a problem\n- DATABASE_URL in .env.local:1/)
  })

  test('may be an env file that is a directory', async () => {
    const root = tempProject()
    mkdirSync(join(root, '.env.local'))
    expect((await failure(root)).message).toContain('it cannot be read (EISDIR)')
  })
})

describe('what is worth a warning', () => {
  const warnings = async (files: Record<string, string>, environment = {}) => {
    const { notices } = await load(tempProject(files), { environment })
    return notices.map(({ level, source, fix }) => `${level} ${source}: ${fix}`)
  }

  test.skipIf(process.platform === 'win32')('an env file others may read (skipped on Windows)', async () => {
    const root = tempProject({ '.env.local': 'PORT=1' })
    chmodSync(join(root, '.env.local'), 0o644)
    expect((await load(root)).notices).toMatchObject([
      { level: 'warning', source: '.env.local', fix: 'Run `chmod 600 .env.local`.' },
    ])
  })

  test('a creator id that is no UUID: nobody is the creator', async () => {
    const root = tempProject({ '.env.local': 'RODRIGO_CREATOR_ID="rodrigo_specter"' })
    const config = await load(root)
    expect(config.creatorId).toBeUndefined()
    expect(config.notices).toMatchObject([
      { level: 'warning', fix: 'Nobody is the creator until `helix user creator <email>` sets it.' },
    ])
  })

  test('a value that was copied from an example', async () => {
    expect(await warnings({}, { CLAUDE_API_KEY: 'sk-ant-...' })).toEqual([
      'warning CLAUDE_API_KEY in the environment: Put the whole real value there.',
    ])
  })

  test('a webhook that is not on a host of Discord, in any of its forms or on this machine', async () => {
    const hosts = ['discord.com', 'discordapp.com', 'canary.discord.com', 'ptb.discordapp.com', '127.0.0.1:4']
    for (const host of hosts) {
      expect(await warnings({}, { DISCORD_WEBHOOK_API: `https://${host}/api/webhooks/1/t` })).toEqual([])
    }
    const [warning] = await warnings(
      {},
      { DISCORD_WEBHOOK_API: 'https://discord.com.evil.example/api/webhooks/1/t' },
    )
    expect(warning).toContain('the Discord webhook of api')
  })
})

test('a key of Supabase that is secret may not be the public one', async () => {
  const payload = Buffer.from(JSON.stringify({ role: 'service_role' })).toString('base64url')
  const error = await failure(tempProject(), { environment: { SUPABASE_ANON_KEY: `e30.${payload}.c2ln` } })
  expect(error.message).toContain('it is a service-role key of Supabase')
})

test("the guide's values load as docker --env-file passes them on", async () => {
  const environment = {
    SUPABASE_URL: '"https://project.supabase.co"',
    SUPABASE_DB_URL: '"postgresql://postgres:pw@db.project.supabase.co:5432/postgres"',
    SUPABASE_SERVICE_ROLE: '"eyJhbGc..." # Keep this SECRET!',
    CLAUDE_API_KEY: '"sk-ant-..." # Your Anthropic API key',
    NODE_ENV: '"production"',
    PORT: '"3000"',
  }
  const config = await load(tempProject(), { environment })
  expect(config).toMatchObject({
    env: 'production',
    mode: 'supabase',
    production: true,
    port: 3000,
    simulated: false,
  })
  expect(config.claude.apiKey?.reveal()).toBe('sk-ant-...')
  expect(config.notices.filter(({ level }) => level === 'notice')).toHaveLength(6)
})
