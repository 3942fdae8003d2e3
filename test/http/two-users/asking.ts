import type { Operation } from '../../../src/contract/operation.ts'
import type { Visitor } from '../../support/gateway.ts'
import { type Naming, namingOf } from './requests.ts'
import type { Things } from './things.ts'

/** The names of the things an operation takes. */
export function namesOf(operation: Operation, things: Things): (keyof Things)[] {
  const seen = new Set<keyof Things>()
  const watched = new Proxy(things, {
    get(target, name: keyof Things) {
      seen.add(name)
      return target[name]
    },
  })
  namingOf(operation)?.(watched)
  return [...seen]
}

/** Calls an operation in a person's name, about the things given. */
export function call(visitor: Visitor, operation: Operation, things: Things): Promise<Response> {
  const { params = {}, query = {}, body }: Naming = namingOf(operation)?.(things) ?? {}
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? name),
  )
  const search = new URLSearchParams(query)
  const sent = body ?? operation.example ?? (operation.body ? {} : undefined)
  return visitor.request(search.size > 0 ? `${path}?${search}` : path, {
    method: operation.method.toUpperCase(),
    ...(sent === undefined ? {} : { body: sent }),
  })
}
