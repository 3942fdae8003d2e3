import { alteredTable, begins, indexedTable, type LintStatement } from './statement.ts'

/** What is wrong with a statement, and what to write instead. */
export interface Objection {
  message: string
  fix: string
}

/** A rule about one statement; `fresh` are the tables its own file creates, which nobody uses yet. */
export interface Rule {
  id: string
  check(statement: LintStatement, fresh: ReadonlySet<string>): Objection | undefined
}

const EXPAND =
  'Expand first (add the new beside the old), move the code over, and contract in a later release.'

export const rules: readonly Rule[] = [
  actionRule('not-null-without-default', (action, table) => {
    const adds = action[0] === 'add' && !ADDS_OTHER.has(action[1] ?? '')
    if (!adds || !isNotNull(action) || action.some((word) => FILLS.has(word))) return undefined
    return {
      message: `adds a NOT NULL column without a default to ${table}, which fails as soon as there are rows`,
      fix: 'Give it a default, or add it nullable, fill it, and set NOT NULL in a later migration.',
    }
  }),
  actionRule('column-type-change', (action, table) => {
    if (action[0] !== 'alter' || !action.includes('type')) return undefined
    return {
      message: `changes a column's type, which rewrites ${table} and breaks older releases`,
      fix: EXPAND,
    }
  }),
  actionRule('rename', (action, table) => {
    if (action[0] !== 'rename' || action[1] === 'constraint') return undefined
    return { message: `renames in ${table}, which breaks the release that still runs`, fix: EXPAND }
  }),
  actionRule('drop-column', (action, table) => {
    if (action[0] !== 'drop' || action[1] === 'constraint') return undefined
    return {
      message: `drops a column of ${table}: its data is gone and older releases break`,
      fix: 'Stop using it first; drop it in a later release, and say so with an allow comment.',
    }
  }),
  {
    id: 'drop-table',
    check(statement) {
      if (!begins(statement, 'drop', 'table')) return undefined
      return {
        message: 'drops a table: its data is gone and older releases break',
        fix: 'Stop using it first; drop it in a later release, and say so with an allow comment.',
      }
    },
  },
  {
    id: 'index-not-concurrent',
    check(statement, fresh) {
      const made = indexedTable(statement)
      if (!made || made.concurrently || fresh.has(made.table)) return undefined
      return {
        message: `builds an index on ${made.table}, and nobody can write there until it is done`,
        fix: 'Use CREATE INDEX CONCURRENTLY in a file of its own with the line "-- helix: no transaction".',
      }
    },
  },
  {
    id: 'beyond-postgresql-15',
    check(statement) {
      const found = newerThan15(statement)
      if (found === undefined) return undefined
      return {
        message: `uses ${found}, which PostgreSQL 15 does not know`,
        fix: 'Write what PostgreSQL 15 to 18 all take (gen_random_uuid(); INSERT … ON CONFLICT).',
      }
    },
  },
  {
    id: 'session-set',
    check(statement) {
      if (!setsSession(statement)) return undefined
      return {
        message: 'changes a setting of the session, which outlives the migration on that connection',
        fix: 'Use SET LOCAL, set_config(…, true), or SET search_path in the function itself.',
      }
    },
  },
  {
    id: 'alter-type',
    check(statement) {
      if (!begins(statement, 'alter', 'type|domain')) return undefined
      return {
        message: 'alters a type: what it had cannot be taken back, and older releases may not know the new',
        fix: 'Prefer text with a CHECK constraint, or add a new type beside the old one.',
      }
    },
  },
]

/** What `alter table … add` may add other than a column. */
const ADDS_OTHER = new Set(['constraint', 'primary', 'unique', 'check', 'foreign', 'exclude'])
const FILLS = new Set(['default', 'generated', 'bigserial', 'serial', 'smallserial'])
const NOT_IN_15 = /\b(uuidv7|uuidv4|json_table|any_value|array_shuffle|random_normal)\s*\(/
const MERGE_RETURNING = /\bmerge\s+into\b[^;]*\breturning\b/

/** A rule about each action of an `alter table`, on tables that were there before the file. */
function actionRule(
  id: string,
  check: (action: readonly string[], table: string) => Objection | undefined,
): Rule {
  return {
    id,
    check(statement, fresh) {
      const altered = alteredTable(statement)
      if (!altered || fresh.has(altered.table)) return undefined
      for (const action of altered.actions) {
        const objection = check(action, altered.table)
        if (objection) return objection
      }
      return undefined
    },
  }
}

function isNotNull(action: readonly string[]): boolean {
  return action.some((word, index) => word === 'not' && action[index + 1] === 'null')
}

function newerThan15({ words, bodies }: LintStatement): string | undefined {
  for (const text of [words.join(' '), ...bodies]) {
    const found = NOT_IN_15.exec(text)?.[1]
    if (found !== undefined) return `${found}()`
    if (MERGE_RETURNING.test(text)) return 'MERGE … RETURNING'
  }
  return words.includes('transaction_timeout') ? 'transaction_timeout' : undefined
}

function setsSession(statement: LintStatement): boolean {
  if (begins(statement, 'set')) return !begins(statement, 'set', 'local|constraints|transaction')
  if (begins(statement, 'reset|discard')) return true
  return /\bset_config \([^()]*, false \)/.test(statement.words.join(' '))
}
