import { Hono } from 'hono'
import type { Operation } from '../../src/contract/operation.ts'
import { openApiDocument } from '../../src/openapi/document.ts'
import { guides } from '../docs/guides.ts'
import { PAGE_HEADERS } from '../docs/page.ts'
import { referencePage } from '../docs/reference.ts'
import type { GatewayEnv } from '../env.ts'
import { fixedAnswer } from '../fixed.ts'
import { noPath } from '../no-route.ts'

export interface ReferenceDeps {
  /** The routes this gateway has. */
  operations: readonly Operation[]
  release: string
  /** Where the gateway is, once it listens. */
  origin: () => string
}

/** What the routes are, for programs and for people, and the guides; all made when somebody first asks. */
export function referenceRoutes({ operations, release, origin }: ReferenceDeps) {
  const document = () => openApiDocument(operations, release)
  const forPrograms = fixedAnswer(() => JSON.stringify(document()), {
    'Content-Type': 'application/json; charset=utf-8',
  })
  const forPeople = fixedAnswer(
    () => referencePage({ operations, document: document(), origin: origin() }),
    PAGE_HEADERS,
  )
  const pages = new Map([...guides()].map(([name, make]) => [name, fixedAnswer(make, PAGE_HEADERS)]))

  return new Hono<GatewayEnv>()
    .get('/openapi.json', forPrograms)
    .get('/docs/api', forPeople)
    .get('/docs', (c) => (pages.get('') ?? missing)(c))
    .get('/docs/:page', (c) => (pages.get(c.req.param('page')) ?? missing)(c))
}

function missing(c: Parameters<typeof noPath>[0]): never {
  throw noPath(c)
}
