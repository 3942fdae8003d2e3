import type { HostHealth } from '../../src/health/host-health.ts'
import { shownChecks } from '../../src/health/shown-checks.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { span } from '../../src/ui/span.ts'

/** One gateway as a person reads it: how it is, its parts, and what is wrong with it. */
export function healthLines(seen: HostHealth, colour: Colour): string[] {
  const { host, ok, status, responseMs, release, uptimeSeconds, problems, simulated } = seen
  const mark = ok ? colour.green('✔') : colour.red('✖')
  const facts = [
    ...(responseMs === null ? [] : [`${responseMs} ms`]),
    ...(release === null ? [] : [`release ${safeText(release)}`]),
    ...(uptimeSeconds === null ? [] : [`up ${span(uptimeSeconds * 1_000)}`]),
    ...(simulated ? ['Claude is SIMULATED'] : []),
  ]
  return [
    `${mark} ${host}  ${colour.bold(status)}  ${colour.dim(facts.join(', '))}`.trimEnd(),
    ...partLine(seen, colour),
    ...problems.map(
      ({ part, state, message }) => `  ${colour.red(`${part} ${state}`)}: ${safeText(message)}`,
    ),
  ]
}

function partLine({ checks, certificateDays }: HostHealth, colour: Colour): string[] {
  const certificate = certificateDays === null ? [] : [`certificate ${certificateDays} days`]
  const all = [...shownChecks(checks, colour), ...certificate]
  return all.length === 0 ? [] : [`  ${all.join(colour.dim(' · '))}`]
}
