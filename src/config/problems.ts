import { hideSecrets } from '../audit/redact.ts'
import { HelixError } from '../errors.ts'

/** Something in the configuration that stops Helix, as a person reads it; never holds a secret. */
export interface Problem {
  /** Where it stands: `PORT in the environment`, `.env.local:3`, `helix.config.ts`. */
  source: string
  /** What is wrong, with the value. */
  message: string
  /** What to do about it, in one sentence. */
  fix: string
}

/** Something worth knowing that stops nothing: a `warning` wants attention, a `notice` only says what was done. */
export interface Notice extends Problem {
  level: 'warning' | 'notice'
}

/** Collects what loading finds, so that everything is said at once. */
export interface Report {
  readonly problems: Problem[]
  readonly notices: Notice[]
  problem(problem: Problem): void
  warn(notice: Problem): void
  note(notice: Problem): void
}

/** A report with nothing in it yet. */
export function newReport(): Report {
  const problems: Problem[] = []
  const notices: Notice[] = []
  return {
    problems,
    notices,
    problem: (problem) => void problems.push(problem),
    warn: (notice) => void notices.push({ level: 'warning', ...notice }),
    note: (notice) => void notices.push({ level: 'notice', ...notice }),
  }
}

/** The one error of a configuration that cannot be used: every problem, each with its source and fix. */
export function configInvalid(problems: readonly Problem[]): HelixError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  const lines = problems.map(({ source, message, fix }) => `- ${source}: ${message}. ${fix}`)
  return new HelixError('config_invalid', [`The configuration has ${count}`, ...lines].join('\n'), {
    hint: 'Correct what is listed, then run the command again.',
    next: ['helix config show'],
    details: { problems },
  })
}

/** A value as it may be shown: on one line, without control characters or secrets, cut at 60 characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const clean = hideSecrets(withoutCredentials(text)).replace(/\p{Cc}+/gu, ' ')
  return `"${clean.length > 60 ? `${clean.slice(0, 60)}…` : clean}"`
}

/** A text whose URLs have lost their user and password. */
export function withoutCredentials(text: string): string {
  return text.replace(/(:\/\/)[^/@\s]*@/g, '$1[REDACTED]@')
}
