import { z } from 'zod'
import { flag, hostName, integer, list, origin, path, secret, text, url, usd } from './kind.ts'
import { setting } from './setting.ts'
import { gatewayTarget, pageTarget } from './targets.ts'

const contact = (doc: string, example: string) =>
  setting({ kind: text('a mail or web address'), doc, example })
const domain = (doc: string, example: string) => setting({ kind: hostName(), doc, example })
const s3 = (name: string, doc: string, example: string) =>
  setting({ kind: text('a text'), doc, example, env: [name] })

/** Under which names the world reaches Helix, and where its parts are brought. */
export const deploymentSettings = {
  domains: {
    web: domain('Host name of the web page.', 'helix.example.com'),
    api: domain('Host name of the gateway.', 'api.helix.example.com'),
    admin: domain('Host name of the administration.', 'admin.helix.example.com'),
    status: domain('Host name of the status page.', 'status.helix.example.com'),
  },
  web: {
    serve: setting({
      kind: flag(),
      doc: 'Whether the gateway serves the web page itself.',
      example: false,
      env: ['HELIX_SERVE_WEB'],
      fallback: true,
    }),
    serviceWorker: setting({
      kind: flag(),
      doc: 'Whether browsers keep the page for starting offline; with `false` what they kept removes itself when they next look.',
      example: false,
      env: ['HELIX_SERVICE_WORKER'],
      fallback: true,
    }),
    origins: setting({
      kind: list('a list of origins (scheme and host, no path)', origin),
      doc: 'Origins besides our own whose pages may call the gateway.',
      example: ['https://helix.example.com'],
      fallback: [],
    }),
  },
  s3: {
    endpoint: setting({
      kind: url('https', 'http'),
      doc: 'Object storage for backups, of any maker that speaks S3.',
      example: 'https://s3.eu-central-1.amazonaws.com',
      env: ['S3_ENDPOINT'],
    }),
    region: s3('S3_REGION', 'Its region.', 'eu-central-1'),
    bucket: s3('S3_BUCKET', 'Its bucket.', 'helix-backups'),
    accessKeyId: s3('S3_ACCESS_KEY_ID', 'Name of the key to it.', 'AKIA...'),
    secretAccessKey: setting({
      kind: secret('a secret access key'),
      doc: 'The key to it.',
      example: 'a-long-random-text',
      env: ['S3_SECRET_ACCESS_KEY'],
    }),
  },
  deploy: {
    gateway: setting({
      kind: gatewayTarget,
      doc: 'Machines the gateway is brought to.',
      example: { type: 'ssh', hosts: ['deploy@vps.example.com'] },
    }),
    web: setting({
      kind: pageTarget('helix-web'),
      doc: 'Where the page is brought, where the gateway does not serve it: folders that nginx serves, Vercel or Netlify.',
      example: { type: 'vercel', project: 'helix' },
    }),
    status: setting({
      kind: pageTarget('helix-status'),
      doc: 'Where a copy of the status page is brought, which is up when the gateway is not; best on another machine.',
      example: { type: 'static', hosts: ['deploy@status.example.com'] },
    }),
    bootMs: setting({
      kind: integer(1_000, 600_000),
      doc: 'How long a release may take until it is ready, in milliseconds.',
      example: 60_000,
      fallback: 30_000,
    }),
    watchMs: setting({
      kind: integer(0, 3_600_000),
      doc: 'How long a release is watched once it has the requests, in milliseconds; worse than before, it is undone.',
      example: 300_000,
      fallback: 60_000,
    }),
    keep: setting({
      kind: integer(0, 100),
      doc: 'Releases kept on a machine beside the one that serves and the one before it.',
      example: 5,
      fallback: 3,
    }),
    hookMs: setting({
      kind: integer(1_000, 3_600_000),
      doc: 'How long a hook of a deploy may take, in milliseconds.',
      example: 300_000,
      fallback: 60_000,
    }),
    vercelToken: setting({
      kind: secret('a token'),
      doc: 'Token for deploys of the page to Vercel.',
      example: 'a-long-random-text',
      env: ['VERCEL_TOKEN'],
    }),
    vercelBypass: setting({
      kind: secret('a secret'),
      doc: 'Secret that lets deploys look at what Vercel protects, to ask a release before it serves.',
      example: 'a-long-random-text',
      env: ['VERCEL_AUTOMATION_BYPASS_SECRET'],
    }),
    netlifyToken: setting({
      kind: secret('a token'),
      doc: 'Token for deploys of the page to Netlify.',
      example: 'a-long-random-text',
      env: ['NETLIFY_AUTH_TOKEN'],
    }),
  },
  maintenance: {
    file: setting({
      kind: path(),
      doc: 'File that gateways of this machine watch for maintenance, besides the database.',
      example: '/var/lib/helix/maintenance.json',
      otherwise: '`maintenance.json` in the data directory',
    }),
    hosts: setting({
      kind: list('a list of addresses of gateways', origin),
      doc: 'Where each gateway is asked by itself whether maintenance has reached it.',
      example: ['http://10.0.0.5:3000', 'http://10.0.0.6:3000'],
      otherwise: '`domains.api`, else the gateway that commands talk to',
      fallback: [],
    }),
  },
  thresholds: {
    responseMs: setting({
      kind: integer(100, 600_000),
      doc: 'A reply that takes longer than this, in milliseconds, raises a warning; streamed, also where its first words do.',
      example: 8000,
      fallback: 5000,
    }),
    streamMs: setting({
      kind: integer(100, 3_600_000),
      doc: 'The same for the whole of a streamed reply, whose reader has had words to read meanwhile.',
      example: 60_000,
      otherwise: '`thresholds.responseMs`',
    }),
    costSpike: {
      factor: setting({
        kind: integer(2, 1_000),
        doc: 'A feature (chat, titles, summaries, synthesis) that costs so many times its usual hour raises a warning.',
        example: 5,
        fallback: 3,
      }),
      leastUsd: setting({
        kind: usd(),
        doc: 'What a feature may always cost in an hour without a warning, in US dollars.',
        example: 5,
        fallback: 1,
      }),
      days: setting({
        kind: integer(1, 90),
        doc: 'Over how many days it is found out what an hour usually costs.',
        example: 14,
        fallback: 7,
      }),
    },
  },
  costs: {
    fixed: setting({
      kind: list(
        'a list of `{ name, monthlyUsd }`',
        z.strictObject({ name: z.string().min(1), monthlyUsd: z.number().min(0) }),
      ),
      doc: 'What is paid a month besides Claude, for the cost report.',
      example: [{ name: 'Supabase', monthlyUsd: 25 }],
      fallback: [],
    }),
  },
  contacts: {
    support: contact('Where people ask for help.', 'contact@example.com'),
    security: contact('Where security holes are reported.', 'security@example.com'),
  },
}
