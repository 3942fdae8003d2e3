import { expect, it } from 'vitest'
import type { MessagePage } from '../../src/contract/chat.ts'
import { type Running, refused } from './asking.ts'

const HARMLESS = {
  accept: '\u00ff,;q=',
  'x-forwarded-for': '1.2.3.4, \u00e9',
  'x-request-id': '"><script>',
  'accept-language': '*'.repeat(4_000),
  cookie: '=;=;',
  range: 'bytes=9-1',
  'if-none-match': '"',
  origin: 'null',
}
const NEVER_GIVEN = ['-1', '1.5', 'NaN', '99999999', '9'.repeat(40), '__proto__', '\u00ff', 'null', '0']

/** Junk in headers: refused where it should be a token, ignored elsewhere. */
export function headerCases(running: () => Running): void {
  it('as an access token is nobody', async () => {
    const { gateway, visitor } = running()
    const [head, claims] = visitor.token.split('.')
    const tokens = ['', 'a b', '\u00ff', 'a'.repeat(12_500), 'eyJhbGciOiJub25lIn0.e30.', `${head}.${claims}.`]
    const bearers = [...tokens, `${visitor.token}x`, visitor.token.slice(0, -2)].map(
      (token) => `Bearer ${token}`,
    )
    for (const authorization of [...bearers, 'Bearer', 'bearer  x', 'Basic eDp5', visitor.token]) {
      const answer = fetch(`${gateway.url}/api/conversations`, { headers: { authorization } })
      expect(await refused(answer, authorization.slice(0, 60))).toBe('unauthorized')
    }
  })

  it('in other headers changes nothing', async () => {
    const answer = await running().get('/api/conversations', HARMLESS)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('as the id of the last event starts the reader over', async () => {
    const path = await eventsOf(running())
    for (const id of NEVER_GIVEN) {
      const answer = await running().get(path, { 'last-event-id': id })
      expect(answer.status, id).toBe(200)
      expect(await answer.text(), id).toMatch(/^id: \d+\nevent: snapshot\n/)
    }
    const twice = await running().get(`${path}?lastEventId=%00&lastEventId=2&x=1`)
    expect(await twice.text()).toMatch(/^id: \d+\nevent: snapshot\n/)
  })

  it('is a HEAD where a stream would begin', async () => {
    const answer = await running().get(await eventsOf(running()), {}, 'HEAD')
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })
}

/** Where the events of the visitor's first reply are. */
async function eventsOf({ get, sessionKey }: Running): Promise<string> {
  const { messages } = (await (await get(`/api/conversations/${sessionKey}/messages`)).json()) as MessagePage
  return `/api/generations/${messages.at(-1)?.generationId}/events`
}
