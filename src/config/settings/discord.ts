import { z } from 'zod'
import { CHANNELS, type Channel } from '../../audit/entry.ts'
import type { Secret } from '../secret.ts'
import { custom, oneOf, secret, secretUrl } from './kind.ts'
import { type Setting, setting } from './setting.ts'

const THIS_MACHINE = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[\w/-]*)?$/
const EXAMPLE = 'https://discord.com/api/webhooks/...'

/** Where the chain is watched from. */
export const discordSettings = {
  discord: {
    webhook: setting({
      kind: secretUrl('https', 'http'),
      doc: 'Webhook of every channel that has none of its own.',
      example: EXAMPLE,
      env: ['DISCORD_WEBHOOK_URL'],
    }),
    webhooks: Object.fromEntries(CHANNELS.map((channel) => [channel, webhook(channel)])) as Record<
      Channel,
      Setting<Secret, undefined>
    >,
    botToken: setting({
      kind: secret('the token of a Discord bot'),
      doc: 'Bot with which `helix discord setup` makes the channels and their webhooks.',
      example: 'MTE...',
      env: ['DISCORD_BOT_TOKEN'],
    }),
    api: setting({
      kind: custom('an `http://` address of this machine', z.string().regex(THIS_MACHINE)),
      doc: 'What stands in for `https://discord.com/api` in tests; refused in production.',
      example: 'http://127.0.0.1:4000/api',
      env: ['HELIX_DISCORD_API'],
      otherwise: '`https://discord.com/api`',
      processOnly: true,
    }),
  },
  audit: {
    mode: setting({
      kind: oneOf('durable', 'strict'),
      doc: '`durable` commits to the chain before an act; `strict` lets acts wait for Discord to have it, too.',
      example: 'strict',
      env: ['HELIX_AUDIT_MODE'],
      fallback: 'durable',
    }),
    key: setting({
      kind: secret('64 hex digits, as `openssl rand -hex 32` prints them'),
      doc: 'Key that signs checkpoints, the same for all gateways; while it changes, the new and the old one.',
      example: 'a-secret-of-64-hex-digits',
      env: ['HELIX_AUDIT_KEY'],
      otherwise: 'made at the first start and kept in `audit-key.json` in the data directory',
    }),
  },
}

function webhook(channel: Channel): Setting<Secret, undefined> {
  return setting({
    kind: secretUrl('https', 'http'),
    doc: `Webhook of \`#helix-${channel}\`.`,
    example: EXAMPLE,
    env: [`DISCORD_WEBHOOK_${channel.toUpperCase().replace('-', '_')}`],
    otherwise: '`DISCORD_WEBHOOK_URL`',
  })
}
