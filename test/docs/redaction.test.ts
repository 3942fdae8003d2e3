import { describe, expect, it } from 'vitest'
import { REDACTION_RULES } from '../../src/audit/redaction-rules.ts'
import { readPage } from './pages.ts'

describe('docs/audit.md', () => {
  it('lists every rule of redaction, and no other', () => {
    const page = readPage('docs/audit.md')
    const [, table = ''] = /<!-- redaction: begin -->\n([\s\S]*?)<!-- redaction: end -->/.exec(page) ?? []
    const shown = table.trim().split('\n').slice(2)
    const rules = REDACTION_RULES.map(
      ({ kind, finds }) => `| ${kind === '' ? '' : `\`${kind}\` `}| ${finds} |`,
    )
    const words =
      '| `opaque_token` | a word of 43 letters and digits as chance mixes them: 256 random bits, such as a refresh token of Helix |'
    expect(shown).toEqual([...rules, words])
  })
})
