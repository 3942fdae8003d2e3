import type { Migration } from '../migrations/files.ts'
import { newPublicTable, saysOf, tableRules } from './new-tables.ts'
import { type Objection, rules } from './rules.ts'
import { createdTable, type LintStatement, lintStatement } from './statement.ts'

/** One thing in a migration that would hurt, lock or break. */
export interface LintFinding extends Objection {
  rule: string
  file: string
  line: number
}

/** Ids of all rules, as an allow comment names them. */
export const ruleIds: readonly string[] = [...rules, ...tableRules].map(({ id }) => id)

const ALLOW = /--\s*helix:\s*allow\s+([a-z0-9-]+)\s+because\s+\S/g

/**
 * Looks through migrations for what would hurt a running service. `-- helix: allow <rule> because <reason>` at a
 * statement accepts one.
 */
export function lintMigrations(migrations: readonly Migration[]): LintFinding[] {
  return migrations.flatMap(lintMigration)
}

function lintMigration({ file, sql, statements }: Migration): LintFinding[] {
  const all = statements.filter(({ tokens }) => tokens.length > 0).map(lintStatement)
  const fresh = new Set(all.flatMap((statement) => createdTable(statement) ?? []))
  return all.flatMap((statement) => {
    const allowed = new Set(Array.from(statement.text.matchAll(ALLOW), ([, rule]) => rule))
    return objections(statement, fresh, all)
      .filter(({ rule }) => !allowed.has(rule))
      .map((objection) => ({ file, line: lineAt(sql, statement.at), ...objection }))
  })
}

function objections(statement: LintStatement, fresh: ReadonlySet<string>, all: readonly LintStatement[]) {
  const found: (Objection & { rule: string })[] = []
  for (const { id, check } of rules) {
    const objection = check(statement, fresh)
    if (objection) found.push({ rule: id, ...objection })
  }
  const table = newPublicTable(statement)
  if (table === undefined) return found
  for (const rule of tableRules) {
    if (!saysOf(rule, table, all)) found.push({ rule: rule.id, ...rule.objection(table) })
  }
  return found
}

function lineAt(sql: string, offset: number): number {
  return sql.slice(0, offset).split('\n').length
}
