import { type ZodObject, type ZodType, z } from 'zod'
import type { Operation } from '../contract/operation.ts'
import type { Components, JsonSchema } from './components.ts'

/** One parameter as OpenAPI describes it. */
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

/** What parts of paths are where an operation does not say it itself. */
const USUAL: Readonly<Record<string, string>> = {
  key: 'The `sessionKey` of the conversation.',
  id: 'What the route is about.',
}

/** The parameters of an operation: path, then headers, then query. */
export function parametersOf(operation: Operation, components: Components): Parameter[] {
  const { headers, query } = operation
  return [
    ...pathParameters(operation, components),
    ...(headers ? fields(headers, 'header', components) : []),
    ...(query ? fields(query, 'query', components) : []),
  ]
}

function pathParameters({ path, params }: Operation, components: Components): Parameter[] {
  const shape: Record<string, ZodType> = params?.shape ?? {}
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
    name,
    shape[name] ?? z.uuid().describe(USUAL[name] ?? ''),
  ])
  return fields(z.object(Object.fromEntries(named)), 'path', components)
}

function fields(object: ZodObject, where: Parameter['in'], components: Components): Parameter[] {
  const { properties = {}, required = [] } = components.schema(object, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    schema,
  }))
}
