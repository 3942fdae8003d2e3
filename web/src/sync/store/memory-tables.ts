import type { StoredRow, TableName, Tables } from './tables.ts'

/** Tables that live as long as their tab. */
export function memoryTables(): Tables {
  const rows = new Map<string, StoredRow & { table: TableName }>()
  const keyOf = (table: TableName, userId: string, id: string) => JSON.stringify([table, userId, id])
  return {
    read: async (table, userId, id) => rows.get(keyOf(table, userId, id)),
    list: async (table, userId) =>
      [...rows.values()].filter((row) => row.table === table && row.userId === userId),
    async write(table, row) {
      rows.set(keyOf(table, row.userId, row.id), { ...row, table })
    },
    async remove(table, userId, id) {
      rows.delete(keyOf(table, userId, id))
    },
    async clear(tables, userId) {
      for (const [key, row] of rows)
        if (tables.includes(row.table) && (userId === undefined || row.userId === userId)) rows.delete(key)
    },
  }
}
