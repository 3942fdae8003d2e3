import { inspect } from 'node:util'

const REDACTED = '[REDACTED]'

/** A value nobody may see by accident: however it is printed, `[REDACTED]` comes out. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself; call it only where it is sent to whom it belongs. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}

/** Reveals every secret in a structure: to look for them, never to print them. */
export function secretsIn(node: unknown): Set<string> {
  if (node instanceof Secret) return new Set([node.reveal()])
  if (typeof node !== 'object' || node === null) return new Set()
  return new Set(Object.values(node).flatMap((child) => [...secretsIn(child)]))
}
