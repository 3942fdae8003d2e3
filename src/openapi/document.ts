import type { Operation } from '../contract/operation.ts'
import { type Components, createComponents, type JsonSchema } from './components.ts'
import { type Parameter, parametersOf } from './parameters.ts'
import { HEADERS, SECURITY_SCHEMES, SIGN_IN_FAILURE } from './parts.ts'
import { speaksGotrue } from './problems.ts'
import { type Response, responsesOf } from './responses.ts'

/** One operation as OpenAPI describes it. */
interface DescribedOperation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, JsonSchema> }
  responses: Record<string, Response>
}

export interface OpenApi {
  openapi: string
  info: JsonSchema
  servers: JsonSchema[]
  tags: { name: string }[]
  paths: Record<string, Record<string, DescribedOperation>>
  components: { schemas: Record<string, JsonSchema>; headers: JsonSchema; securitySchemes: JsonSchema }
}

const DESCRIPTION = `One gateway serves the terminal, the page and any other client. JSON in camelCase; failures are \
problem details (RFC 9457) with a \`code\` to switch on. Another person's things are answered as if they were not \
there.`

/** The OpenAPI 3.1 description of the operations, for the release given. */
export function openApiDocument(operations: readonly Operation[], release: string): OpenApi {
  const components = createComponents()
  const paths: OpenApi['paths'] = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation, components) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Helix',
      version: release,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This gateway' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: {
        ...components.schemas(),
        ...(operations.some(speaksGotrue) ? { SignInFailure: SIGN_IN_FAILURE } : {}),
      },
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

function describe(operation: Operation, components: Components): DescribedOperation {
  const { id, summary, description, tag, body, bodyType, bodyOptional, example } = operation
  const parameters = parametersOf(operation, components)
  const content = body && {
    [bodyType ?? 'application/json']: {
      schema: components.schema(body, 'input'),
      ...(example === undefined ? {} : { example }),
    },
  }
  return {
    operationId: id,
    summary,
    ...(description ? { description } : {}),
    tags: [tag],
    security: securityOf(operation),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(content ? { requestBody: { required: bodyOptional !== true, content } } : {}),
    responses: responsesOf(operation, components),
  }
}

/** In OpenAPI 3.1 a bearer token may name what it must have been given. */
function securityOf({ access, scope }: Operation): DescribedOperation['security'] {
  switch (access) {
    case 'public':
    case 'owner':
      return []
    case 'service':
      return [{ service: [] }]
    case 'metrics':
      return [{ metrics: [] }]
    case 'creator':
      return [{ bearer: ['creator'] }]
    case 'person':
      return [{ bearer: scope ? [scope] : [] }]
  }
}
