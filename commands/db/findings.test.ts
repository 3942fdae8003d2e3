import { describe, expect, it } from 'vitest'
import type { IntegrityFinding } from '../../src/db/integrity.ts'
import { assertSound, warnOf } from './findings.ts'

const finding = (kind: IntegrityFinding['kind']): IntegrityFinding => ({
  ...{ kind, where: 'public.conversations', message: 'is not as it should be' },
})

/** A context that keeps what was said, and the acts somebody had to consent to. */
function listening(env?: string) {
  const said: string[] = []
  const acts: string[] = []
  const context = {
    env,
    say: (text: string) => said.push(text),
    consent: async ({ act }: { act: string }) => {
      acts.push(act)
    },
  }
  return { said, acts, context: context as unknown as Parameters<typeof assertSound>[1] }
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

  it('needs consent to be passed over where rows are lost, and none for counters', async () => {
    const { acts, said, context } = listening()
    await assertSound([finding('counter')], context, 'End it')
    expect(acts).toEqual([])
    expect(said.join()).toContain('One thing')
    await assertSound([finding('counter'), finding('orphan')], context, 'End it')
    expect(acts).toEqual(['End it although the database is not sound (one finding)'])
  })
})
