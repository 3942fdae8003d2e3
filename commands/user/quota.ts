import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { findPerson } from '../../src/people/admin/find.ts'
import { argument, defineCommand } from '../define.ts'
import { CHANGES, openPeople, who } from './people.ts'
import { dollars, nameOf } from './shown.ts'

const NANO = 1e9

/** Dollars a day, or `usual`; as integer nano-USD, or null. */
const amount = z
  .string()
  .regex(/^(?:usual|\$?\d{1,6}(?:\.\d{1,9})?)$/, 'expected US dollars a day, as in 2.50, or `usual`')
  .transform((typed) => (typed === 'usual' ? null : Math.round(Number(typed.replace('$', '')) * NANO)))

export default defineCommand({
  examples: [
    ['helix user quota ada@example.com 2.50', 'replies to her may cost $2.50 a UTC day'],
    ['helix user quota ada@example.com 0', 'she may ask for nothing that costs'],
    ['helix user quota ada@example.com usual', 'what everyone has: budgets.userDailyUsd'],
  ],
  description: 'Counts from the next message on, on every gateway, in place of budgets.userDailyUsd.',
  arguments: { who, amount: argument('<amount>', 'US dollars a day, or `usual`', amount) },
  acts: [...CHANGES],
  dryRun: true,
  async run({ who, amount }, context) {
    const { db, people } = await openPeople(context)
    const before = await findPerson(db, people, who)
    if (context.dryRun || before.quota === amount)
      return { person: before, before: before.quota, quota: amount }
    const person = await people.change(typist(), before.userId, { quota: amount })
    return { person, before: before.quota, quota: amount }
  },
  view({ person, before, quota }, { colour, dryRun }) {
    const name = nameOf(person)
    if (dryRun) return `The quota of ${name} is ${shown(before)}; it would be ${shown(quota)}.`
    if (before === quota) return `The quota of ${name} is ${shown(quota)} already.`
    const undo = colour.dim(`To undo: helix user quota ${name} ${before === null ? 'usual' : before / NANO}`)
    return `${colour.green('✔')} The quota of ${name} is ${shown(quota)} now.\n${undo}`
  },
})

function shown(quota: number | null): string {
  return quota === null ? 'the usual budget' : `${dollars(quota)} a day`
}
