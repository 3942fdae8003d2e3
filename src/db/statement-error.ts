/** What PostgreSQL says about a refused statement, beyond its message. */
export interface StatementErrorFields {
  code: string
  severity?: string | undefined
  detail?: string | undefined
  hint?: string | undefined
  /** One-based character position in the statement. */
  position?: string | undefined
  where?: string | undefined
  schema?: string | undefined
  table?: string | undefined
  column?: string | undefined
  constraint?: string | undefined
}

const FIELDS = [
  'code',
  'severity',
  'detail',
  'hint',
  'position',
  'where',
  'schema',
  'table',
  'column',
  'constraint',
] as const

/**
 * A statement PostgreSQL refused, the same from every adapter: its message and SQLSTATE `code`, never the
 * statement's parameters.
 */
export class StatementError extends Error implements StatementErrorFields {
  override readonly name = 'StatementError'
  readonly code: string
  readonly severity: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly position: string | undefined
  readonly where: string | undefined
  readonly schema: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined
  readonly constraint: string | undefined

  constructor(message: string, fields: StatementErrorFields) {
    super(message)
    this.code = fields.code
    this.severity = fields.severity
    this.detail = fields.detail
    this.hint = fields.hint
    this.position = fields.position
    this.where = fields.where
    this.schema = fields.schema
    this.table = fields.table
    this.column = fields.column
    this.constraint = fields.constraint
  }
}

/** Whether `thrown` is PostgreSQL's refusal with this SQLSTATE (any, when none is given). */
export function isStatementError(thrown: unknown, code?: string): thrown is StatementError {
  return thrown instanceof StatementError && (code === undefined || thrown.code === code)
}

/** The StatementError in what a driver threw, or undefined when PostgreSQL did not say it. */
export function toStatementError(thrown: unknown): StatementError | undefined {
  if (thrown instanceof StatementError) return thrown
  if (!(thrown instanceof Error) || !('severity' in thrown) || !('code' in thrown)) return undefined
  if (typeof thrown.code !== 'string') return undefined
  return new StatementError(thrown.message, statementErrorFields({ ...thrown, code: thrown.code }))
}

/** The fields of a refusal alone, as they travel between threads and processes. */
export function statementErrorFields(
  source: { code: string } & Partial<Record<keyof StatementErrorFields, unknown>>,
): StatementErrorFields {
  const fields: StatementErrorFields = { code: source.code }
  for (const name of FIELDS) {
    const value = source[name]
    if (typeof value === 'string') fields[name] = value
  }
  return fields
}

/** A COMMIT that PostgreSQL answered with a rollback, because a statement before it had failed. */
export function rolledBackAtCommit(): StatementError {
  return new StatementError('The transaction was rolled back: a statement in it had failed', {
    code: '25P02',
    severity: 'ERROR',
  })
}
