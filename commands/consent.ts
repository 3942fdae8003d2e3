import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { HelixError } from '../src/errors.ts'
import type { Globals } from './globals.ts'
import type { Host } from './host.ts'

/** An act that needs consent: what would happen, and for a severe one the name that must be typed. */
export interface Act {
  /** As a sentence without its full stop: `Delete conversation 4f1c`. */
  act: string
  /**
   * Makes the act severe: only `--confirm=<name>`, or the name typed on a terminal, consents. Of a list all are wanted, in
   * any order with commas between.
   */
  name?: string | readonly string[]
}

/**
 * Returns when consent was given, by flag or on a terminal.
 * @throws HelixError `consent_required` (exit 2), naming the flag, when it was not.
 */
export type Consent = (act: Act) => Promise<void>

/** What to ask a person for, and the flag or variable that answers where nobody can be asked. */
export interface Question {
  label: string
  /** As one would type it: `--email <address>`. */
  instead: string
  /** Not echoed. */
  secret?: boolean
}

/**
 * Resolves to the line typed, trimmed unless secret.
 * @throws HelixError `needs_input` (exit 2) at once where there is no terminal.
 */
export type Ask = (question: Question) => Promise<string>

// A secret is read with line editing but never shown.
const SILENT = new Writable({ write: (_chunk, _encoding, done) => done() })

/** Makes the consent of one run. Neither `--json` nor a missing terminal ever consents. */
export function createConsent(deps: { host: Host; globals: Globals; isTty: boolean }): Consent {
  return async ({ act, name }) => {
    const { yes, confirm } = deps.globals
    if (name === undefined ? yes : isNamed(name, confirm)) return
    const flag = name === undefined ? '--yes' : `--confirm=${name}`
    if (deps.isTty && confirm === undefined) {
      const question = name === undefined ? `${act}? [y/N] ` : `${act}? Type ${name} to go on: `
      const answer = await readLine(deps.host, question)
      if (name === undefined ? /^y(es)?$/i.test(answer.trim()) : isNamed(name, answer.trim())) return
    }
    throw new HelixError('consent_required', `${act}: not done without consent`, {
      hint: `Add ${flag} to consent.`,
      details: { flag },
    })
  }
}

function isNamed(name: string | readonly string[], typed: string | undefined): boolean {
  if (typeof name === 'string') return typed === name
  const all = typed?.split(',').map((each) => each.trim()) ?? []
  return name.every((each) => all.includes(each))
}

/** Makes the questioner of one run. */
export function createAsk({ host, isTty }: { host: Host; isTty: boolean }): Ask {
  return async ({ label, instead, secret }) => {
    if (!isTty) {
      throw new HelixError('needs_input', `${label} is missing and there is no terminal to ask on`, {
        hint: `Give ${instead}.`,
        details: { flag: instead },
      })
    }
    const line = await readLine(host, `${label}: `, secret)
    return secret ? line : line.trim()
  }
}

async function readLine(host: Host, prompt: string, secret = false): Promise<string> {
  const reader = createInterface({ input: host.stdin, output: secret ? SILENT : host.stderr, terminal: true })
  if (secret) host.stderr.write(prompt)
  const cancel = new AbortController()
  reader.on('SIGINT', () => cancel.abort())
  reader.on('close', () => cancel.abort())
  try {
    return await reader.question(prompt, { signal: AbortSignal.any([cancel.signal, host.signal]) })
  } catch (cause) {
    throw new HelixError('needs_input', 'Nothing was typed', { hint: 'Run it again and answer.', cause })
  } finally {
    reader.close()
    if (secret) host.stderr.write('\n')
  }
}
