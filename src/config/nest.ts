/** Turns `limits.openReplies` → 8 into `{ limits: { openReplies: 8 } }`. */
export function nest(flat: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const groups = new Map<string, Map<string, unknown>>()
  const nested: Record<string, unknown> = {}
  for (const [key, value] of flat) {
    const [head = '', ...rest] = key.split('.')
    if (rest.length === 0) nested[head] = value
    else groups.set(head, new Map(groups.get(head)).set(rest.join('.'), value))
  }
  for (const [name, group] of groups) nested[name] = nest(group)
  return nested
}

/** Freezes a structure and everything in it; returns it. */
export function freeze<T>(node: T): T {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node)) return node
  for (const child of Object.values(node)) freeze(child)
  return Object.freeze(node)
}

/** The value under a key like `limits.openReplies`. */
export function valueAt(node: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((group, name) => {
    return typeof group === 'object' && group !== null ? Reflect.get(group, name) : undefined
  }, node)
}
