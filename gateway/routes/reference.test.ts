import { describe, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import { referenceRoutes } from './reference.ts'

const app = referenceRoutes({ operations, release: '1.2.3', origin: () => 'http://127.0.0.1:3000' })

describe('GET /openapi.json', () => {
  it('describes the operations given, for this release', async () => {
    const answer = await app.request('/openapi.json')
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const { openapi, info, paths } = (await answer.json()) as {
      openapi: string
      info: object
      paths: Record<string, object>
    }
    expect(openapi).toBe('3.1.1')
    expect(info).toMatchObject({ title: 'Helix', version: '1.2.3' })
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    )
    expect(described.sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort())
  })

  it('is not sent again to whoever has it', async () => {
    const first = await app.request('/openapi.json')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(first.headers.get('cache-control')).toBe('public, max-age=300')
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await app.request('/openapi.json', { headers: { 'if-none-match': known } })
      expect(again.status, known).toBe(304)
      expect(await again.text()).toBe('')
      expect(again.headers.get('etag')).toBe(etag)
    }
    const changed = await app.request('/openapi.json', { headers: { 'if-none-match': '"other"' } })
    expect(changed.status).toBe(200)
  })
})
