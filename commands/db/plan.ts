import { z } from 'zod'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { makePlan } from '../../src/db/migrations/plan.ts'
import { planSql } from '../../src/db/migrations/plan-sql.ts'
import { type PendingPlan, pendingPlan } from '../../src/db/migrations/status.ts'
import { defineCommand, option } from '../define.ts'
import { lookInto, placeOf } from './place.ts'

export default defineCommand({
  examples: [
    ['helix db plan', 'what helix db migrate would apply'],
    ['helix db plan --sql > plan.sql', 'as SQL that one could paste into an editor'],
  ],
  options: {
    sql: option('--sql', 'print the statements, with the book-keeping', z.boolean().default(false)),
  },
  async run({ sql }, context) {
    const place = await placeOf(context)
    const plan = (await lookInto(place, (db) => pendingPlan(db))) ?? forNewDatabase()
    return {
      origin: plan.origin,
      current: plan.current ?? null,
      target: plan.target ?? null,
      pending: plan.pending.map(({ version, file, statements, noTransaction }) => ({
        version,
        file,
        statements: statements.length,
        noTransaction,
      })),
      adopted: plan.adopted.map(({ version }) => version),
      ...(sql ? { sql: planSql(plan.pending, place.mode) } : {}),
    }
  },
  view({ current, target, pending, sql }, { colour }) {
    if (sql !== undefined) return sql
    if (pending.length === 0) return `The schema ${current} is up to date.`
    return [
      colour.bold(`From ${current ?? 'an empty database'} to ${target}:`),
      ...pending.map(({ file, statements, noTransaction }) => {
        const how = `${statements} statements${noTransaction ? ', without a transaction' : ''}`
        return `  ${file}  ${colour.dim(how)}`
      }),
    ].join('\n')
  },
})

function forNewDatabase(): PendingPlan {
  return { origin: 'empty', tables: [], ...makePlan(readMigrations(), new Map()) }
}
