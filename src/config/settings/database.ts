import { secret, secretUrl, text, url } from './kind.ts'
import { setting } from './setting.ts'

const postgresUrl = () => secretUrl('postgres', 'postgresql')
const FIX_POSTGRES =
  'Copy the whole connection string, and percent-encode what is special in its password (`@` is `%40`, `#` is `%23`).'

/** Where the data lie and who signs people in. */
export const databaseSettings = {
  databaseUrl: setting({
    kind: postgresUrl(),
    doc: 'Connection string of the PostgreSQL (15 or newer) to use. With `sslmode=prefer`, `require` or `verify-ca` the certificate and its name are checked as with `verify-full`; `sslmode=disable` sends in the clear; with `uselibpqcompat=true` these words mean what they mean to psql.',
    example: 'postgres://helix:password@127.0.0.1:5432/helix',
    env: ['DATABASE_URL'],
    fix: FIX_POSTGRES,
  }),
  supabase: {
    url: setting({
      kind: url('http', 'https'),
      doc: 'Address of the Supabase project (Project Settings → API).',
      example: 'https://project.supabase.co',
      env: ['SUPABASE_URL'],
    }),
    anonKey: setting({
      kind: text('the anon (publishable) key'),
      doc: 'Public key with which pages and apps sign people in.',
      example: 'eyJ...',
      env: ['SUPABASE_ANON_KEY'],
    }),
    serviceRole: setting({
      kind: secret('the service-role key'),
      doc: 'Secret key of the project, for its administration.',
      example: 'eyJhbGc...',
      env: ['SUPABASE_SERVICE_ROLE', 'SUPABASE_SERVICE_ROLE_KEY'],
    }),
    dbUrl: setting({
      kind: postgresUrl(),
      doc: "Connection string of the project's database: direct or session pooler, port 5432.",
      example: 'postgresql://postgres:password@db.project.supabase.co:5432/postgres',
      env: ['SUPABASE_DB_URL'],
      otherwise: '`DATABASE_URL`',
      fix: FIX_POSTGRES,
    }),
    jwtSecret: setting({
      kind: secret('the JWT secret'),
      doc: 'Secret of projects that still sign their tokens with HS256.',
      example: 'a-long-random-text',
      env: ['SUPABASE_JWT_SECRET'],
    }),
    accessToken: setting({
      kind: secret('an access token'),
      doc: 'Your personal access token of Supabase, for the backups it keeps itself and for going back to a moment.',
      example: 'sbp_...',
      env: ['SUPABASE_ACCESS_TOKEN'],
    }),
    managementUrl: setting({
      kind: url('https', 'http'),
      doc: 'Where the Management API of Supabase is asked; another address for what stands before it.',
      example: 'https://supabase.proxy.example.com',
      fallback: 'https://api.supabase.com',
    }),
  },
  redis: {
    url: setting({
      kind: secretUrl('redis', 'rediss'),
      doc: 'Redis or Valkey that carries events between gateways, where NOTIFY is too slow.',
      example: 'redis://127.0.0.1:6379',
      env: ['REDIS_URL'],
      otherwise: 'events travel through the database',
    }),
  },
}
