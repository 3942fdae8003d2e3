import type { ModeInput } from './mode.ts'

/**
 * Whether Claude is simulated: as `HELIX_SIMULATE` says, else without a key, but never so in production.
 * Reports a key that is missing where nothing may be simulated.
 */
export function chooseSimulation({ values, production, report }: ModeInput): boolean {
  const { apiKey, baseUrl, simulate } = values.claude
  if (simulate === true) return true
  if (apiKey !== undefined) return false
  if (production || simulate === false) {
    const why = production
      ? 'in production Claude is not simulated unless asked for'
      : 'HELIX_SIMULATE is off'
    report.problem({
      source: 'CLAUDE_API_KEY',
      message: `${why}, and there is no key`,
      fix: 'Set CLAUDE_API_KEY to a key from https://platform.claude.com, or HELIX_SIMULATE=1.',
    })
    return false
  }
  if (baseUrl !== undefined) {
    report.warn({
      source: 'ANTHROPIC_BASE_URL',
      message: 'it is not used, because without a key Claude is simulated',
      fix: 'Set CLAUDE_API_KEY to any key that server takes.',
    })
  }
  return true
}
