import { describe, expect, it } from 'vitest'
import type { IntegrityFinding } from '../../src/db/integrity.ts'
import { warnOf } from './findings.ts'

const finding = (kind: IntegrityFinding['kind']): IntegrityFinding => ({
  ...{ kind, where: 'public.conversations', message: 'is not as it should be' },
})

/** A context that keeps what was said. */
function listening(env?: string) {
  const said: string[] = []
  return { said, context: { env, say: (text: string) => void said.push(text) } }
}

describe('what does not fit together', () => {
  it('is not spoken of where everything does', () => {
    const { said, context } = listening()
    warnOf([], context)
    expect(said).toEqual([])
  })

  it('is shown by its first three, with the command that shows all in the environment at hand', () => {
    const { said, context } = listening('production')
    warnOf((['counter', 'orphan', 'orphan', 'chain'] as const).map(finding), context)
    expect(said.join().split('\n')).toEqual([
      '! 4 things in the database do not fit together:',
      expect.stringContaining('counter'),
      ...[expect.stringContaining('orphan'), expect.stringContaining('orphan')],
      '  All of them: helix db check --env production',
    ])
  })
})
