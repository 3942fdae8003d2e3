import { Hono } from 'hono'
import type { Operation } from '../../src/contract/operation.ts'
import { openApiDocument } from '../../src/openapi/document.ts'
import type { GatewayEnv } from '../env.ts'
import { fixedAnswer } from '../fixed.ts'

export interface ReferenceDeps {
  /** The routes this gateway has. */
  operations: readonly Operation[]
  release: string
}

/** What the routes are, for programs; made from the same table that the tests hold the gateway to. */
export function referenceRoutes({ operations, release }: ReferenceDeps) {
  const document = fixedAnswer(() => JSON.stringify(openApiDocument(operations, release)), {
    'Content-Type': 'application/json; charset=utf-8',
  })
  return new Hono<GatewayEnv>().get('/openapi.json', document)
}
