import { integer, oneOf, path, secret, text, url } from './kind.ts'
import { setting } from './setting.ts'

/** Which environment this process is, and what it opens. */
export const processSettings = {
  environment: {
    name: setting({
      kind: text('a name of letters, digits, `.`, `_` and `-`'),
      doc: 'Names the environment, and with it the file `.env.<env>` that is read.',
      example: 'production',
      env: ['HELIX_ENV'],
      flag: 'env',
      otherwise: '`production` when `NODE_ENV=production` or PM2 runs it, else `local`',
      processOnly: true,
    }),
    node: setting({
      kind: text('a word'),
      doc: 'With `production`, nothing is simulated and no embedded database is used unless asked for.',
      example: 'production',
      env: ['NODE_ENV'],
      otherwise: '`production` when the environment is `production`, else `development`',
      processOnly: true,
    }),
  },
  release: setting({
    kind: text('letters, digits, `.`, `_`, `+` and `-`'),
    doc: 'What this process calls its release; `helix deploy` sets it.',
    example: '20261125T180000Z-08eba2d',
    env: ['HELIX_RELEASE'],
    otherwise: 'the version, and the commit where it runs from a checkout',
    processOnly: true,
  }),
  mode: setting({
    kind: oneOf('supabase', 'postgres', 'embedded'),
    doc: 'Chooses the mode by name instead of by what is set.',
    example: 'embedded',
    env: ['HELIX_MODE'],
    otherwise: 'found from `SUPABASE_URL` and `DATABASE_URL`',
  }),
  port: setting({
    kind: integer(0, 65535),
    doc: 'Port to listen on; 0 takes a free one.',
    example: 3000,
    env: ['PORT'],
    flag: 'port',
    fallback: 3000,
  }),
  host: setting({
    kind: text('an address or host name'),
    doc: 'Address to listen on.',
    example: '127.0.0.1',
    flag: 'host',
    otherwise: '`127.0.0.1` for `helix up`, `0.0.0.0` for `helix gateway start`',
  }),
  socket: setting({
    kind: path(),
    doc: 'Unix socket to listen on instead of a port.',
    example: '/run/helix/gateway.sock',
    flag: 'socket',
  }),
  dataDir: setting({
    kind: path(),
    doc: 'Where Helix keeps its files: the embedded database, keys, mails, the journal.',
    example: '/var/lib/helix',
    env: ['HELIX_DATA_DIR'],
    flag: 'dataDir',
    fallback: '.helix',
  }),
  storage: {
    leastFreeMb: setting({
      kind: integer(0, 1_000_000),
      doc: 'Free space on the disk of the data directory, in MB, below which the gateway reads and takes nothing new.',
      example: 500,
      fallback: 100,
    }),
  },
  logLevel: setting({
    kind: oneOf('debug', 'info', 'warn', 'error'),
    doc: 'Least important kind of line in the log.',
    example: 'debug',
    env: ['HELIX_LOG_LEVEL'],
    fallback: 'info',
  }),
  metrics: {
    token: setting({
      kind: secret('a token'),
      doc: 'Bearer token that `GET /metrics` asks for; without it and without a port there are no metrics.',
      example: 'a-long-random-text',
      env: ['HELIX_METRICS_TOKEN'],
    }),
    port: setting({
      kind: integer(0, 65535),
      doc: 'Serves the metrics on a port of their own, on 127.0.0.1 only.',
      example: 9464,
      env: ['HELIX_METRICS_PORT'],
    }),
  },
  client: {
    url: setting({
      kind: url('http', 'https'),
      doc: 'Gateway that the commands of a client (`chat`, `ask`, …) talk to.',
      example: 'https://api.helix.example.com',
      env: ['HELIX_URL'],
      flag: 'url',
      otherwise: 'the local `helix up`, else the last login',
    }),
    token: setting({
      kind: secret('a token'),
      doc: 'Access token for that gateway, where nobody can log in.',
      example: 'hlx_…',
      env: ['HELIX_TOKEN'],
    }),
  },
}
