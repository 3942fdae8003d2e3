import { z } from 'zod'
import { custom, integer, path, secretUrl, text } from './kind.ts'
import { setting } from './setting.ts'

const keep = (period: string, fallback: number) =>
  setting({
    kind: integer(0, 1_000),
    doc: `For how many ${period} one backup each is kept, the newest of it.`,
    example: fallback * 2,
    fallback,
  })

const recipients = custom(
  'public keys of age (`age1…`), in a list or with commas between',
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((word) => word !== '') : value),
    z.array(z.string().regex(/^age1[0-9a-z]+$/)),
  ),
)

/** Where backups go, who can open them and how long they are kept. */
export const backupSettings = {
  backup: {
    to: setting({
      kind: text('a place'),
      doc: 'Where backups go: a folder, `s3://bucket/folder` (with the settings of `s3`), or `ssh://user@host/folder`.',
      example: '/var/backups/helix',
      env: ['HELIX_BACKUP_TO'],
      otherwise: '`backups` in the data directory',
    }),
    recipients: setting({
      kind: recipients,
      doc: 'Who can open backups: public keys of age. Keep the private ones away from this machine.',
      example: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
      env: ['HELIX_BACKUP_RECIPIENTS'],
      otherwise: 'a key made by Helix, `backup-key.txt` in the data directory',
      fallback: [],
    }),
    identityFile: setting({
      kind: path(),
      doc: 'File with the private key that opens backups, as age-keygen writes it.',
      example: '/root/helix-backup-key.txt',
      env: ['HELIX_BACKUP_IDENTITY_FILE'],
      otherwise: '`backup-key.txt` in the data directory',
    }),
    drillDatabaseUrl: setting({
      kind: secretUrl('postgres', 'postgresql'),
      doc: 'Connection string of an empty PostgreSQL database that drills restore into, so that its password is on no command line.',
      example: 'postgres://drill:password@127.0.0.1:5432/drill',
      env: ['HELIX_DRILL_DATABASE_URL'],
      otherwise: 'an embedded database, made for the drill and thrown away',
    }),
    provedWithinDays: setting({
      kind: integer(1, 1_000),
      doc: 'A restore must have been proved within so many days, else there is an alert; not before the first backup.',
      example: 7,
      fallback: 35,
    }),
    madeWithinHours: setting({
      kind: integer(1, 10_000),
      doc: 'A backup must have been made within so many hours, else there is an alert.',
      example: 26,
      otherwise: 'nobody waits for one',
    }),
    keepDays: keep('days', 7),
    keepWeeks: keep('weeks', 4),
    keepMonths: keep('months', 12),
  },
}
