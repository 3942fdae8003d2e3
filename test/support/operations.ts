import { operations } from '../../src/contract/api.ts'
import type { Operation } from '../../src/contract/operation.ts'

/** `GET /api/conversations/{key}`, as the reference has it. */
export const nameOf = ({ method, path }: { method: string; path: string }): string =>
  `${method.toUpperCase()} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`

/** The operations that are open to the given ones. */
export function operationsFor(...access: Operation['access'][]): Operation[] {
  return operations.filter((operation) => access.includes(operation.access))
}
