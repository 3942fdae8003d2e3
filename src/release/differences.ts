import type { KeptRelease, SettingsDifference } from './vps/kept.ts'

/** What another release brings along, besides its data, which stays. */
export interface Differences {
  from: KeptRelease | null
  to: KeptRelease
  settings: SettingsDifference | null
}

/** The differences in words, a line each. */
export function tellDifferences({ from, to, settings }: Differences): string[] {
  const both = (what: 'version' | 'commit' | 'schema', short = (text: string) => text) => {
    const [old, next] = [from?.[what], to[what]].map((value) => (value == null ? 'unknown' : short(value)))
    return from === null || old === next ? next : `${old} → ${next}`
  }
  const code = `code: ${both('version')}, commit ${both('commit', (commit) => commit.slice(0, 7))}`
  return [code, `schema it knows: ${both('schema')}`, ...(settings ? [`settings: ${tell(settings)}`] : [])]
}

function tell({ added, removed, changed, config }: SettingsDifference): string {
  const parts = [
    ...changed.map((name) => `${name} as it was then`),
    ...added.map((name) => `${name} is set`),
    ...removed.map((name) => `${name} is not set`),
    ...(config ? ['helix.config.ts as it was then'] : []),
  ]
  return parts.length === 0 ? 'the same' : parts.join(', ')
}
