import { checkIntegrity } from '../../src/db/integrity.ts'
import { HelixError } from '../../src/errors.ts'
import { defineCommand } from '../define.ts'
import { lookInto, placeOf } from './place.ts'

export default defineCommand({
  examples: [['helix db check --env production', 'look whether everything in the database fits together']],
  description:
    'Rows without what they belong to, constraints, indexes and triggers that are not in force, counters against what\n' +
    'they count, and the end of the audit log. Changes nothing; ends with 1 while it finds something.',
  async run(_input, context) {
    const findings = await lookInto(await placeOf(context), checkIntegrity)
    if (findings === undefined) {
      throw new HelixError('precondition_failed', 'There is no database yet', {
        hint: 'Start Helix once: helix up.',
        next: ['helix up'],
      })
    }
    return { findings }
  },
  view: ({ findings }, { colour }) =>
    findings.length === 0
      ? `${colour.green('✔')} Everything in the database fits together.`
      : findings.map(({ kind, where, message }) => `${colour.yellow(kind)}  ${where}: ${message}`).join('\n'),
  verdict({ findings }) {
    if (findings.length === 0) return undefined
    return new HelixError('findings', `${findings.length} findings in the database`, {
      hint: 'Back it up as it is, and compare with an earlier backup: helix backup list.',
      next: ['helix backup create', 'helix audit verify'],
      details: { findings: findings.length },
    })
  },
})
