import type { Operation } from '../../../src/contract/operation.ts'
import { createComponents } from '../../../src/openapi/components.ts'
import type { Visitor } from '../../support/gateway.ts'
import { NAMINGS, type Naming } from './requests.ts'
import type { Things } from './things.ts'

/** Whether an operation takes an id of anything: in its path, its query or its body. */
export function takesId({ path, query, body }: Operation): boolean {
  const components = createComponents()
  const inputs = [query, body].map((schema) => schema && components.schema(schema, 'input'))
  return path.includes('{') || JSON.stringify([inputs, components.schemas()]).includes('"format":"uuid"')
}

/** The names of the things an operation takes. */
export function namesOf({ id }: Operation, things: Things): (keyof Things)[] {
  const seen = new Set<keyof Things>()
  const watched = new Proxy(things, {
    get(target, name: keyof Things) {
      seen.add(name)
      return target[name]
    },
  })
  NAMINGS[id]?.(watched)
  return [...seen]
}

/** Calls an operation in a person's name, about the things given. */
export function call(visitor: Visitor, operation: Operation, things: Things): Promise<Response> {
  const { params = {}, query = {}, body }: Naming = NAMINGS[operation.id]?.(things) ?? {}
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
