const MOST_NAMES = 500

/**
 * Names for prepared statements, one per SQL text, so that a server plans each only once a connection. Texts
 * beyond the bound stay unnamed: names are never given up, because each connection remembers them.
 */
export function statementNames(): (sql: string) => string | undefined {
  const names = new Map<string, string>()
  return (sql) => {
    const known = names.get(sql)
    if (known !== undefined || names.size >= MOST_NAMES) return known
    const name = `helix_${names.size + 1}`
    names.set(sql, name)
    return name
  }
}
