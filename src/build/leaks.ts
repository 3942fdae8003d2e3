import { readFile } from 'node:fs/promises'
import { findSecrets } from '../audit/find-secrets.ts'
import { HelixError } from '../errors.ts'
import type { TarEntry } from './tar.ts'

/** Something in an artefact that should not leave this machine. */
export interface Leak {
  path: string
  /** From 1; null where the file as such is one. */
  line: number | null
  /** What it is, never the thing itself. */
  what: string
}

/** Files that hold secrets by what they are. */
const SECRET_FILES =
  /(?:^|\/)(?:\.env(?:\..+)?|keys\.json|id_(?:rsa|ed25519|ecdsa)|.+\.(?:pem|p12|pfx)|\.npmrc|\.netrc)$/
const EXAMPLE = /(?:^|\/)\.env\.example$/
/** Others' packages hold examples of every form, and secrets of ours only by their value. */
const OTHERS = /(?:^|\/)(?:node_modules\/|bin\/node$)/
/** A value this short stands in many texts by chance. */
const SHORTEST_VALUE = 12
const LONGEST_TEXT = 4 * 1024 * 1024

/**
 * Finds what must not be in an artefact: files that hold secrets, texts of ours in the form of one, and anywhere the
 * values that are secrets here.
 * @param values by name, as `.env` files and the environment have them
 */
export async function findLeaks(
  entries: readonly TarEntry[],
  values: ReadonlyMap<string, string>,
): Promise<Leak[]> {
  const known = [...values].filter(([, value]) => value.length >= SHORTEST_VALUE)
  const leaks: Leak[] = []
  for (const entry of entries) {
    const { path } = entry
    if (isSecretFile(path)) leaks.push({ path, line: null, what: 'a file that holds secrets' })
    const bytes = await readFile(entry.file)
    for (const [name, value] of known) {
      const at = bytes.indexOf(value)
      if (at !== -1) leaks.push({ path, line: lineAt(bytes, at), what: `the value of ${name}` })
    }
    if (!OTHERS.test(path)) leaks.push(...inText(path, bytes))
  }
  return leaks
}

/** @throws HelixError `findings`, naming each place */
export function refuseLeaks(leaks: readonly Leak[]): void {
  if (leaks.length === 0) return
  const shown = leaks.slice(0, 20).map(({ path, line, what }) => `${path}${line ? `:${line}` : ''}: ${what}`)
  throw new HelixError('findings', `Secrets would be in what is built:\n${shown.join('\n')}`, {
    hint: 'Take them out of the sources, and renew each: what was committed is known.',
    details: { leaks: leaks.slice(0, 100) },
  })
}

function isSecretFile(path: string): boolean {
  return SECRET_FILES.test(path) && !EXAMPLE.test(path) && !/(?:^|\/)node_modules\//.test(path)
}

function inText(path: string, bytes: Buffer): Leak[] {
  if (bytes.length > LONGEST_TEXT || bytes.subarray(0, 8_192).includes(0)) return []
  const found = findSecrets(bytes.toString('utf8'), 0).filter(({ kind }) => FORMS.has(kind))
  return found.map(({ start, kind }) => ({
    path,
    line: lineAt(bytes, Buffer.byteLength(bytes.toString('utf8').slice(0, start))),
    what: kind,
  }))
}

/** Forms that are a secret whatever stands around them; code is full of what only looks like an assignment of one. */
const FORMS = new Set([
  ...['private_key', 'anthropic_key', 'supabase_key', 'helix_token', 'discord_token', 'discord_webhook'],
  ...['git_token', 'slack_token', 'slack_webhook', 'aws_key', 'google_key', 'stripe_key', 'npm_token'],
  ...['hosting_token', 'twilio_key', 'sendgrid_key', 'jwt', 'webhook'],
])

function lineAt(bytes: Buffer, at: number): number {
  let line = 1
  for (let next = bytes.indexOf(10); next !== -1 && next < at; next = bytes.indexOf(10, next + 1)) line += 1
  return line
}
