import { redact } from '../../audit/redact.ts'
import { HelixError } from '../../errors.ts'
import { safeText } from '../../ui/safe-text.ts'
import { ruleFor } from '../../web/hosts.ts'
import type { PageAnswer } from './host.ts'
import { NOTE_PATH, type Page } from './page.ts'

/** Headers that hold only where the page came by https. */
const BY_HTTPS = 'Strict-Transport-Security'
/** Hosts say in different words that a file has to be asked for anew. */
const ASKED_ANEW = /no-cache|no-store|max-age=0\b/

/**
 * What is asked of a page to know that it is served as it must be: its note, its document, a script of it, and one of
 * the release before.
 */
export function pathsToAsk({ files, note }: Page): string[] {
  const script = Object.keys(note.assets).find((path) => path.endsWith('.js'))
  const kept = Object.keys(note.earlier[0]?.assets ?? {}).find((path) => !files.has(path))
  return [NOTE_PATH, '', script, kept].flatMap((path) => (path === undefined ? [] : [`/${path}`]))
}

/**
 * Compares what a host answered with what it was given.
 * @param from who answered, as the failure names it
 * @throws HelixError `deploy_failed` for another release, other bytes, or headers that let the page do more or less
 */
export function checkAnswer(page: Page, path: string, from: string, answer: PageAnswer): void {
  const { status, body } = answer
  const fail = (what: string) => notAsItMust(page, path, from, what, answer)
  if (status !== 200) throw fail(`answered ${status}`)
  const expected = page.files.get(path === '/' ? 'index.html' : path.slice(1))
  if (path === `/${NOTE_PATH}` && releaseIn(body) !== page.release)
    throw fail(`serves ${releaseIn(body) ?? 'something else'}`)
  if (expected && !expected.equals(body) && !(path === '/' && sameCode(expected, body)))
    throw fail('serves other bytes than were brought')
  const wrong = wrongHeaders(page, path, answer)
  if (wrong.length > 0) throw fail(`sends other headers than it must: ${wrong.join('; ')}`)
}

/** Some hosts tidy up documents; what runs and what is loaded must be what was built. */
function sameCode(one: Buffer, other: Buffer): boolean {
  const code = (html: Buffer) => html.toString().match(/<script[\s\S]*?<\/script>|<link[^>]*>/g) ?? []
  return code(one).join() === code(other).join()
}

function releaseIn(body: Buffer): string | undefined {
  try {
    return String((JSON.parse(body.toString()) as { release?: unknown }).release)
  } catch {
    return undefined
  }
}

function wrongHeaders({ rules }: Page, path: string, { headers }: PageAnswer): string[] {
  const expected = Object.entries(ruleFor(rules, path)?.headers ?? {})
  return expected.flatMap(([name, value]) => {
    const sent = headers[name.toLowerCase()]
    if (sent === value || name === BY_HTTPS) return []
    if (name === 'Cache-Control' && ASKED_ANEW.test(value) && sent !== undefined && ASKED_ANEW.test(sent))
      return []
    return [`${name} is ${sent ?? 'missing'}`]
  })
}

function notAsItMust(
  { release }: Page,
  path: string,
  from: string,
  what: string,
  { status, body }: PageAnswer,
): HelixError {
  const said = safeText(redact(body.subarray(0, 200).toString())).trim()
  return new HelixError('deploy_failed', `${from} ${what} at ${path}, where ${release} is to be`, {
    ...(status !== 200 && said !== '' && { hint: `It said: ${said}` }),
    details: { release, path, from, status },
  })
}
