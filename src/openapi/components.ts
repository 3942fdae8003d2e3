import { type ZodType, z } from 'zod'

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 takes it. */
export interface JsonSchema {
  [keyword: string]: unknown
}

/** Which side of a schema is meant: what a caller may send, or what it gets. */
type Side = 'input' | 'output'

export interface Components {
  /** The schema as it stands in the document: a reference to its named form, or itself where it has no name. */
  schema(schema: ZodType, side: Side): JsonSchema
  /** Every named schema met so far, by name. */
  schemas(): Record<string, JsonSchema>
}

const DEFINITIONS = '#/$defs/'
const COMPONENTS = '#/components/schemas/'

/**
 * Turns zod schemas into JSON Schema; those with an `id` in their `.meta()` are named once.
 * Throws when two different schemas have one name.
 */
export function createComponents(): Components {
  const named = new Map<string, JsonSchema>()

  function name(id: string, schema: JsonSchema): void {
    const known = named.get(id)
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`Two different schemas are named ${id}: give one of them another id`)
    }
    named.set(id, schema)
  }

  return {
    schema(schema, side) {
      const made = z.toJSONSchema(schema, { io: side, unrepresentable: 'any', override: (met) => tidy(met) })
      const { $schema: _, $defs = {}, ...own } = relinked(made) as JsonSchema & { $defs?: JsonSchema }
      for (const [id, definition] of Object.entries($defs)) name(id, definition as JsonSchema)
      return own
    },
    schemas: () => Object.fromEntries([...named].sort(([one], [other]) => (one < other ? -1 : 1))),
  }
}

/** Patterns that only repeat a format, limits that only repeat a type, and promises never to grow say nothing. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  const { def } = zodSchema._zod
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties
  if (def.type === 'record') delete jsonSchema.propertyNames
  delete jsonSchema.id
}

function relinked(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === '$ref' && typeof value === 'string' ? value.replace(DEFINITIONS, COMPONENTS) : value,
  )
}
