/** What is kept, each table for each person apart. */
export const TABLES = ['waiting', 'drafts', 'conversations', 'messages'] as const
export type TableName = (typeof TABLES)[number]

/** One row: whose, which, when it was last written (ms since 1970), and what. */
export interface StoredRow {
  userId: string
  id: string
  at: number
  value: unknown
}

/** Tables of rows, found by person and id. Every method may reject: there is no storage, or it is full. */
export interface Tables {
  read(table: TableName, userId: string, id: string): Promise<StoredRow | undefined>
  list(table: TableName, userId: string): Promise<StoredRow[]>
  write(table: TableName, row: StoredRow): Promise<void>
  remove(table: TableName, userId: string, id: string): Promise<void>
  /** Empties tables for one person, or for everyone. */
  clear(tables: readonly TableName[], userId?: string): Promise<void>
}
