import type { Probed } from '../../src/maintenance/probe.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Placed } from './place.ts'

type State = NonNullable<Placed['state']>

/** Maintenance as an operator sees it, and how to pass. */
export function stateLines(
  { message, until, readOnly, allow, since, bypass }: State,
  colour: Colour,
): string[] {
  return [
    `${colour.yellow(readOnly ? 'Read-only' : 'Maintenance')} since ${since ?? 'now'}`,
    `  Message  ${safeText(message ?? '')}`,
    `  Until    ${until ?? 'it is ended by hand'}`,
    ...(allow.length > 0 ? [`  Allowed  ${allow.map(safeText).join(', ')}`] : []),
    ...(bypass
      ? [
          `  Bypass   ${bypass.link}`,
          colour.dim(`           or the header X-Helix-Bypass: ${bypass.token}`),
          colour.dim(`           until ${bypass.expiresAt}`),
        ]
      : []),
  ]
}

/** What each gateway said. */
export function hostLines(hosts: readonly Probed[], colour: Colour): string[] {
  if (hosts.length === 0) {
    return [colour.dim('No gateway was asked: none is known here. Name each with --host <address>.')]
  }
  return hosts.map(({ host, reached, status, problem, afterMs }) => {
    if (problem !== null) return `${colour.red('✖')} ${host}: ${safeText(problem)}`
    if (reached === false) return `${colour.red('✖')} ${host}: ${status}, not changed`
    return `${colour.green('✔')} ${host}: ${status}${reached === null ? '' : colour.dim(` (${afterMs} ms)`)}`
  })
}
