import type { Objection } from './rules.ts'
import { alteredTable, createdTable, type LintStatement } from './statement.ts'

/** A rule about each table of schema public that a file creates: what else must be said of it there. */
interface TableRule {
  id: string
  /** How a plain statement says it. */
  said(statement: LintStatement, table: string): boolean
  /** How a DO block says it of the tables it names in strings. */
  inBody: RegExp
  objection(table: string): Objection
}

export const tableRules: readonly TableRule[] = [
  {
    id: 'table-without-rls',
    said(statement, table) {
      const altered = alteredTable(statement)
      return altered?.table === table && altered.actions.some((action) => action.join(' ') === ENABLE)
    },
    inBody: /enable row level security/,
    objection: (table) => ({
      message: `creates ${table} without row-level security, so its grants alone decide who sees what`,
      fix: `Add: alter table ${table} enable row level security;`,
    }),
  },
  {
    id: 'table-without-policy',
    said: ({ words }, table) =>
      words[0] === 'create' && words[1] === 'policy' && namesAfter('on', words, table),
    inBody: /create policy/,
    objection: (table) => ({
      message: `creates ${table} without a policy, so nobody but its owner can use it`,
      fix: `Add a policy for each role that may: create policy gateway on ${table} for all to helix_gateway using (true) with check (true);`,
    }),
  },
  {
    id: 'table-without-grant',
    said: ({ words }, table) => words[0] === 'grant' && namesAfter('on', words, table),
    inBody: /grant /,
    objection: (table) => ({
      message: `creates ${table} without a grant; hosted projects grant nothing on their own`,
      fix: `Add what each role needs: grant select, insert, update, delete on ${table} to helix_gateway;`,
    }),
  },
]

const ENABLE = 'enable row level security'

/** Whether a file says of its new table what a rule asks for. */
export function saysOf(rule: TableRule, table: string, statements: readonly LintStatement[]): boolean {
  const bare = table.replace(/^public\./, '')
  return statements.some(
    (statement) =>
      rule.said(statement, table) ||
      (statement.words[0] === 'do' &&
        statement.bodies.some((body) => rule.inBody.test(body) && names(body, bare))),
  )
}

/** The tables of schema public that a statement creates. */
export function newPublicTable(statement: LintStatement): string | undefined {
  const table = createdTable(statement)
  return table?.startsWith('public.') ? table : undefined
}

function names(body: string, table: string): boolean {
  return body.split(/[^\p{L}\p{N}_$]+/u).includes(table)
}

function namesAfter(word: string, words: readonly string[], table: string): boolean {
  const rest = words.slice(words.indexOf(word) + 1)
  const bare = table.replace(/^public\./, '')
  return rest.some(
    (each, index) => each === bare && (rest[index - 1] !== '.' || rest[index - 2] === 'public'),
  )
}
