import { describe, expect, it } from 'vitest'
import { ID, JUNK, type Running, refused, SEND, WITH_BODY } from './asking.ts'

export function addressCases(running: () => Running): void {
  it('as an id in a path names nothing', async () => {
    for (const junk of JUNK) {
      const segment = encodeURI(junk).replaceAll('%25', '%')
      for (const [method, path] of [
        ['GET', `/api/conversations/${segment}`],
        ['GET', `/api/conversations/${segment}/messages`],
        ['GET', `/api/generations/${segment}/events`],
        ['POST', `/api/generations/${segment}/stop`],
      ] as const) {
        const code = await refused(
          method === 'GET' ? running().get(path) : running().post(path, undefined),
          `${method} ${path}`,
        )
        expect(code).toMatch(/not_found$/)
      }
      for (const [path, valid] of Object.entries(WITH_BODY).filter(([path]) => path !== SEND)) {
        const code = await refused(
          running().post(path.replace(ID, segment), JSON.stringify(valid)),
          `POST ${path} ${segment}`,
        )
        expect(code).toMatch(/not_found$/)
      }
    }
  })

  describe('as a query', () => {
    const lists = () => ['/api/conversations', `/api/conversations/${running().sessionKey}/messages`]

    it('has a limit that is no count, twice the same parameter, or one nobody knows', async () => {
      const queries = [
        'limit=0',
        'limit=-1',
        'limit=201',
        'limit=1.5',
        'limit=NaN',
        'limit=Infinity',
        'limit=1e309',
        'limit=9007199254740993',
        'limit=',
        'limit=abc',
        'limit=%00',
        'limit=1&limit=1',
        'limit=1&limit=2',
        'before=x&before=y',
        'limit[]=1',
        'unknown=1',
        'constructor=1',
        'toString=1',
        'LIMIT=1',
        `${'k'.repeat(4_000)}=1`,
      ]
      for (const path of lists()) {
        for (const query of queries) {
          expect(await refused(running().get(`${path}?${query}`), `${path}?${query}`)).toBe('request_invalid')
        }
      }
    })

    it('has a cursor nobody gave out', async () => {
      const made = [
        ...['', '_', `2026-01-01_${'-'.repeat(36)}`, `x_${ID}`, `${'9'.repeat(9)}_${ID}`],
        ...[`+275760-09-13T00:00:00Z_${ID}`, `2026-01-01 (\0)_${ID}`, `2026-02-30_${ID}`],
        `2026-01-01T00:00:00+99:00_${ID}`,
      ].map((text) => Buffer.from(text).toString('base64url'))
      for (const cursor of [...JUNK, ...made]) {
        for (const path of lists()) {
          const what = `${path}?before=${encodeURIComponent(cursor)}`
          expect(await refused(running().get(what), what.slice(0, 200))).toBe('request_invalid')
        }
        const everything = `${lists()[1]}?all=1&before=${encodeURIComponent(cursor)}`
        expect(await refused(running().get(everything), everything.slice(0, 200))).toBe('request_invalid')
      }
      for (const all of ['2', 'yes', 'null', 'true,false']) {
        expect(await refused(running().get(`${lists()[1]}?all=${all}`), all)).toBe('request_invalid')
      }
    })

    it('cannot reach a prototype', async () => {
      for (const path of lists())
        expect((await running().get(`${path}?__proto__=1&__proto__=2`)).status).toBeLessThan(500)
    })
  })
}
