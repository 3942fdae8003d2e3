import { z } from 'zod'
import { custom, integer, list, network, secretUrl, text } from './kind.ts'
import { setting } from './setting.ts'

/** Who may do what, and how often. */
export const peopleSettings = {
  creatorId: setting({
    kind: custom('the UUID of a user', z.guid().toLowerCase()),
    doc: 'The one user who owns this Helix: full trust, and the administration.',
    example: '5f0f3a51-8f0e-4a52-9f0c-3f6a9f1f2b10',
    env: ['RODRIGO_CREATOR_ID', 'HELIX_CREATOR_ID'],
    fix: 'Nobody is the creator until `helix user creator <email>` sets it.',
    lenient: true,
  }),
  trustedProxies: setting({
    kind: list('a list of addresses or networks', network),
    doc: 'Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` count, besides whoever comes over a Unix socket.',
    example: ['127.0.0.1', '10.0.0.0/8'],
    fallback: [],
  }),
  limits: {
    turnsPerMinute: setting({
      kind: integer(1, 100_000),
      doc: 'Messages one person may send a minute.',
      example: 20,
      fallback: 60,
    }),
    turnBurst: setting({
      kind: integer(1, 100_000),
      doc: 'Messages one person may send at once before that rate counts.',
      example: 10,
      fallback: 30,
    }),
    openReplies: setting({
      kind: integer(1, 1000),
      doc: 'Replies one person may have running at the same time.',
      example: 4,
      fallback: 8,
    }),
    connections: setting({
      kind: integer(100, 1_000_000),
      doc: 'Connections open at the same time; one address that is no trusted proxy may have a quarter of them.',
      example: 2000,
      fallback: 10_000,
    }),
    openStreams: setting({
      kind: integer(1, 100_000),
      doc: 'Event streams one person may follow at the same time, on one gateway.',
      example: 20,
      fallback: 100,
    }),
    reads: setting({
      kind: integer(1, 1_000_000),
      doc: 'Requests that change nothing, one person in a minute.',
      example: 300,
      fallback: 1200,
    }),
    writes: setting({
      kind: integer(1, 1_000_000),
      doc: 'Requests that change something, messages not counted, one person in a minute.',
      example: 60,
      fallback: 300,
    }),
    strangers: setting({
      kind: integer(1, 1_000_000),
      doc: 'Requests without a valid sign-in, one address (IPv6: its /64) in a minute; sign-in has limits of its own.',
      example: 120,
      fallback: 600,
    }),
    reports: setting({
      kind: integer(1, 1_000_000),
      doc: 'Failures that clients of one address may report in a minute.',
      example: 30,
      fallback: 10,
    }),
    signUps: setting({
      kind: integer(1, 100_000),
      doc: 'Sign-ups from one address in five minutes.',
      example: 10,
      fallback: 30,
    }),
    anonymousSignUps: setting({
      kind: integer(0, 100_000),
      doc: 'Anonymous accounts from one address in an hour; 0 turns them off.',
      example: 0,
      fallback: 30,
    }),
    signIns: setting({
      kind: integer(1, 100_000),
      doc: 'Attempts to sign in with a password from one address in five minutes.',
      example: 20,
      fallback: 60,
    }),
    tokens: setting({
      kind: integer(1, 100_000),
      doc: 'Renewed sessions and exchanged codes from one address in five minutes.',
      example: 300,
      fallback: 150,
    }),
    verifications: setting({
      kind: integer(1, 100_000),
      doc: 'One-time links and codes tried from one address in five minutes.',
      example: 10,
      fallback: 30,
    }),
    mailRequests: setting({
      kind: integer(1, 100_000),
      doc: 'Mails asked for, and changes to an account, from one address in five minutes.',
      example: 10,
      fallback: 30,
    }),
    factors: setting({
      kind: integer(1, 100_000),
      doc: 'Requests about second factors of one person, and from one address, in five minutes.',
      example: 30,
      fallback: 60,
    }),
    mailsPerHour: setting({
      kind: integer(1, 1_000_000),
      doc: 'Mails of the built-in sign-in that go out in an hour, to everybody together.',
      example: 100,
      fallback: 500,
    }),
  },
  mail: {
    smtpUrl: setting({
      kind: secretUrl('smtp', 'smtps'),
      doc: 'Server that sends the mails of the built-in sign-in.',
      example: 'smtps://user:password@mail.example.com:465',
      env: ['SMTP_URL'],
      otherwise: 'mails are files in the data directory, opened with `helix user link <email>`',
    }),
    from: setting({
      kind: text('an e-mail address, or a name with one: `Helix <hello@example.com>`'),
      doc: 'Sender of these mails.',
      example: 'Helix <hello@example.com>',
      env: ['SMTP_FROM'],
      otherwise: 'the user of the SMTP address where that is an e-mail address, else `helix@` and its host',
    }),
  },
}
