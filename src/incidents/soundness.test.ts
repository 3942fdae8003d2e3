import { describe, expect, it } from 'vitest'
import type { IntegrityFinding } from '../db/integrity.ts'
import { assertSound, type Look, UNASKED } from './soundness.ts'

const finding = (kind: IntegrityFinding['kind'], where = 'public.conversations'): IntegrityFinding => ({
  ...{ kind, where, message: 'is not as it should be' },
})

const found =
  (...findings: IntegrityFinding[]): Look =>
  async () =>
    findings

describe('calling an incident over', () => {
  it('needs consent where rows are lost, and none for counters, which are told all the same', async () => {
    const acts: string[] = []
    const told: number[] = []
    const judge = {
      onFindings: (findings: readonly IntegrityFinding[]) => void told.push(findings.length),
      consent: (act: string) => void acts.push(act),
    }
    expect(await assertSound(found(), judge, 'End it')).toBe(false)
    expect(await assertSound(found(finding('counter')), judge, 'End it')).toBe(false)
    expect(acts).toEqual([])
    expect(await assertSound(found(finding('counter'), finding('orphan')), judge, 'End it')).toBe(true)
    await assertSound(found(finding('chain'), finding('orphan')), judge, 'End it')
    expect(told).toEqual([0, 1, 2, 2])
    expect(acts).toEqual([
      'End it although the database is not sound (one finding)',
      'End it although the database is not sound (2 findings)',
    ])
  })

  it('needs consent too where nobody can say', async () => {
    const acts: string[] = []
    await assertSound(async () => undefined, { consent: (act) => void acts.push(act) }, 'End it')
    expect(acts).toEqual(['End it although there was not time enough to see whether the database is sound'])
  })

  it('is refused where nobody can be asked, with what weighs most first', async () => {
    const counters = ['a', 'b', 'c'].map((where) => finding('counter', where))
    const refused = assertSound(found(...counters, finding('orphan', 'messages')), UNASKED, 'End it')
    await expect(refused).rejects.toMatchObject({
      code: 'consent_required',
      message: 'End it although the database is not sound (one finding): not done without consent',
      hint: expect.stringMatching(/^messages: is not as it should be\..*helix db check.*"consent": true/),
      details: { findings: [{ where: 'messages' }, { where: 'a' }, { where: 'b' }] },
    })
  })
})
