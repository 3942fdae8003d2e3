import { expect, test } from 'vitest'
import { CHANNELS } from '../audit/entry.ts'
import { flatten } from './settings/setting.ts'
import { allSettings, settings, topics } from './settings.ts'

const NAMES = allSettings.flatMap(({ env }) => env)

// The names that the guide and other programs rely on.
const PROMISED = `
  SUPABASE_URL SUPABASE_SERVICE_ROLE RODRIGO_CREATOR_ID DISCORD_WEBHOOK_URL DISCORD_WEBHOOK_COMMANDS
  DISCORD_WEBHOOK_API DISCORD_WEBHOOK_HEARTBEAT DISCORD_WEBHOOK_FILE_CHANGES DISCORD_WEBHOOK_CONSCIOUSNESS
  DISCORD_WEBHOOK_ALERTS DISCORD_WEBHOOK_HASH_CHAIN CLAUDE_API_KEY PORT NODE_ENV SUPABASE_ANON_KEY SUPABASE_DB_URL
  SUPABASE_JWT_SECRET SUPABASE_ACCESS_TOKEN DATABASE_URL DISCORD_BOT_TOKEN REDIS_URL SMTP_URL VERCEL_TOKEN
  NETLIFY_AUTH_TOKEN ANTHROPIC_API_KEY ANTHROPIC_BASE_URL SUPABASE_SERVICE_ROLE_KEY HELIX_CREATOR_ID HELIX_ENV
  HELIX_MODE HELIX_DATA_DIR HELIX_SERVE_WEB HELIX_SERVICE_WORKER HELIX_SIMULATE HELIX_AUDIT_MODE HELIX_AUDIT_KEY HELIX_METRICS_TOKEN HELIX_METRICS_PORT
  HELIX_URL HELIX_TOKEN HELIX_LOG_LEVEL
`.match(/\w+/g)

test('every promised variable is read', () => {
  expect(PROMISED?.filter((name) => !NAMES.includes(name))).toEqual([])
})

test('no variable belongs to two settings', () => {
  expect(new Set(NAMES).size).toBe(NAMES.length)
})

test('every setting is in a topic of the manual', () => {
  const inTopics = topics.flatMap((topic) => topic.settings.map(({ key }) => key)).sort()
  expect(inTopics).toEqual(
    flatten(settings)
      .map(({ key }) => key)
      .sort(),
  )
})

test.each(allSettings)('the example of $key is valid', ({ kind, example }) => {
  expect(kind.schema.safeParse(example).error).toBeUndefined()
})

test.each(allSettings.filter(({ fallback }) => fallback !== undefined))(
  'so is the default of $key',
  (setting) => {
    expect(setting.kind.schema.safeParse(setting.fallback).error).toBeUndefined()
  },
)

test('a secret can be set by the environment', () => {
  expect(allSettings.filter(({ kind, env }) => kind.secret && env.length === 0)).toEqual([])
})

test('every audit channel has its webhook', () => {
  expect(Object.keys(settings.discord.webhooks)).toEqual([...CHANNELS])
})
