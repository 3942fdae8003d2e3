import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { HIT_BEGIN, HIT_END, type SearchPage } from '../../src/contract/search.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { expectProblem } from '../support/problems.ts'

const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('search, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? 'over HTTP', () => {
    let gateway: TestGateway
    let visitor: Visitor
    beforeAll(async () => {
      gateway = await startTestGateway({ engine, stub: { behave: () => ({ reply: 'noted' }) } })
      visitor = await gateway.signUp()
    })
    afterAll(() => gateway.close())

    const send = async (message: string, who = visitor) => {
      const answer = await who.request('/api/chat/message', { method: 'POST', body: { message } })
      return (await answer.json()) as SendResponse
    }
    const ask = (q: string, more = '', who = visitor) =>
      who.request(`/api/search?q=${encodeURIComponent(q)}${more}`)
    const find = async (q: string, more = '', who = visitor) => {
      const answer = await ask(q, more, who)
      expect(answer.status).toBe(200)
      return (await answer.json()) as SearchPage
    }
    const contents = async (q: string) => (await find(q)).results.map(({ message }) => message.content)

    it('finds all words, the beginning of the last, phrases, alternatives, and leaves out', async () => {
      await send('the quick brown fox')
      await send('the brown bear was quick')
      await send("the bear's fox, l’été à Zürich")
      expect(await contents('quick BROWN')).toEqual(['the brown bear was quick', 'the quick brown fox'])
      expect(await contents('brown fo')).toEqual(['the quick brown fox'])
      expect(await contents('fo brown')).toEqual([])
      expect(await contents('"quick brown"')).toEqual(['the quick brown fox'])
      expect(await contents('"quick brown" or zür')).toEqual([
        "the bear's fox, l’été à Zürich",
        'the quick brown fox',
      ])
      expect(await contents('fox -quick')).toEqual(["the bear's fox, l’été à Zürich"])
      expect(await contents('fox -"brown quick"')).toHaveLength(2)
      expect(await contents('fox -qui')).toHaveLength(2)
      expect(await contents('noted')).toHaveLength(3)
    })

    it('answers each message with its conversation, and a snippet whose hits nothing else can look like', async () => {
      const marks = `${HIT_END}${HIT_BEGIN}`
      const { sessionKey, message } = await send(
        `${marks}<b onclick="x">needle</b> & "needles"\n\n${marks} and more`,
      )
      const { results, before } = await find('needle')
      expect(before).toBeNull()
      expect(results).toHaveLength(1)
      const [result] = results
      expect(result?.conversation).toEqual(await visitor.client.conversations.get(sessionKey))
      expect(result?.message).toMatchObject({ id: message.parentId, role: 'user', siblings: { index: 0 } })
      const hits = result?.snippet.split(/[\uE000\uE001]/) ?? []
      expect(hits.filter((_, place) => place % 2 === 1)).toEqual(['needle', 'needles'])
      expect(result?.snippet).not.toMatch(/[\n\r]/)
    })

    it('pages from the newest to the oldest, each once, also where phrases are judged', async () => {
      const sent: string[] = []
      for (let place = 0; place < 5; place += 1) sent.unshift((await send(`paged thing ${place}`)).sessionKey)
      for (const q of ['paged', '"paged thing"']) {
        const seen: string[] = []
        let before: string | null = ''
        while (before !== null) {
          const page: SearchPage = await find(q, `&limit=2${before ? `&before=${before}` : ''}`)
          seen.push(...page.results.map(({ message }) => message.sessionKey))
          before = page.before
        }
        expect(seen).toEqual(sent)
      }
      const [row] = await gateway.db.query<{ found: { results: unknown[]; before: string | null } }>(
        `select helix.search_messages($1, '"thing paged" or "paged thing"', false, null, 20, 3) as found`,
        [visitor.userId],
      )
      expect(row?.found.results).toHaveLength(3)
      expect(row?.found.before).not.toBeNull()
    })

    it('finds nothing of anybody else, nor of what was deleted', async () => {
      const stranger = await gateway.signUp()
      await send('a stranger’s xylophone', stranger)
      expect(await contents('xylophone')).toEqual([])
      expect((await find('xylo', '', stranger)).results).toHaveLength(1)
      const { sessionKey } = await send('doomed xylophone')
      expect(await contents('xylophone')).toEqual(['doomed xylophone'])
      await visitor.request(`/api/conversations/${sessionKey}`, { method: 'DELETE' })
      expect(await contents('xylophone')).toEqual([])
      const theirs = (await find('xylo', '', stranger)).results[0]?.message.id
      for (const before of [theirs, randomUUID(), 'x'])
        expect(await expectProblem(await ask('fox', `&before=${before}`))).toBe('request_invalid')
    })

    it('takes anything: what is no query is refused or finds nothing', async () => {
      for (const q of ['', '   ', 'a\0b', 'x'.repeat(501), 'y'.repeat(10_000)])
        expect(await expectProblem(await ask(q), q.slice(0, 20))).toBe('request_invalid')
      expect(await expectProblem(await visitor.request('/api/search'))).toBe('request_invalid')
      expect(await expectProblem(await visitor.request('/api/search?q=a&q=b'))).toBe('request_invalid')
      for (const more of ['&limit=0', '&limit=51', '&limit=x', '&other=1'])
        expect(await expectProblem(await ask('fox', more))).toBe('request_invalid')
      const odd = [
        '"',
        "'",
        "''",
        '\\',
        '-',
        '--',
        'or',
        'OR OR',
        '""',
        '"" or ""',
        '-fox',
        'fox or -bear',
        ':*',
        '&',
        '|',
        '!',
        '<->',
        '()',
        "');drop table x;--",
        '"unclosed quick',
        "o'hara \\'",
        '-"a b"',
        '😀',
        '\u{E000}',
        '%',
        '<b>',
        'a\\',
        '"'.repeat(500),
        '𐐀'.repeat(250),
        '-'.repeat(500),
        'a-b'.repeat(160),
        'http://a.b/c?d=e',
        '1e400',
        'a<->b',
        '\u202Efox',
        'or fox',
        'fox or',
        '"fox" -',
        'é'.repeat(500),
      ]
      for (const q of odd) expect((await ask(q)).status, q.slice(0, 20)).toBe(200)
      for (const q of [
        '---fox',
        '- - -',
        `${'-"" '.repeat(120)}fox`,
        '-"'.repeat(240),
        'a or '.repeat(95),
        '-a '.repeat(150),
      ])
        expect((await ask(q)).status, q.slice(0, 20)).toBe(200)
      expect(await contents('-fox')).toEqual([])
      expect(await contents('fox -')).toHaveLength(2)
    })

    it('stores and finds what would not fit an index: words of any length, and a great many', async () => {
      const words = Array.from({ length: 24_000 }, (_, place) => String.fromCodePoint(0x20000 + place)).join(
        ' ',
      )
      for (const text of [
        `long ${'w'.repeat(150_000)} lengthy`,
        `many ${words}`,
        `long ${'𐐀'.repeat(9_000)} lengthier`,
      ])
        expect((await send(text)).message.status).toBe('complete')
      expect((await find('lengthier')).results).toHaveLength(1)
      expect((await find('many 𠀀')).results).toHaveLength(1)
    })
  })
})

describe.skipIf(postgresUnavailable)(postgresUnavailable ?? 'search among 30,000 messages of others', () => {
  it('reads only what its person wrote, from the index', async () => {
    const gateway = await startTestGateway({ engine: 'postgres' })
    const [visitor, other] = [await gateway.signUp(), await gateway.signUp()]
    for (const [{ userId }, count] of [
      [other, 30_000],
      [visitor, 300],
    ] as const) {
      const key = randomUUID()
      await gateway.db.query('insert into conversations (user_id, session_key) values ($1, $2)', [
        userId,
        key,
      ])
      await gateway.db.query(
        `insert into session_messages (user_id, session_key, role, content)
         select $1, $2, 'user', 'common words number ' || n from generate_series(1, $3::integer) n`,
        [userId, key, count],
      )
    }
    const plan = await gateway.db.query<Record<'QUERY PLAN', string>>(
      `explain analyze select id from session_messages
       where content <> '' and helix.search_terms(user_id, content)
         @@ helix.search_key('${visitor.userId}', helix.search_query('common', true))`,
    )
    const text = plan.map((row) => row['QUERY PLAN']).join('\n')
    expect(text).toMatch(/Bitmap Index Scan on idx_session_messages_terms .*rows=300(\.00)? /)
    const began = performance.now()
    const page = (await (await visitor.request('/api/search?q=common+numb')).json()) as SearchPage
    expect(page.results).toHaveLength(20)
    expect(performance.now() - began).toBeLessThan(500)
    await gateway.close()
  }, 60_000)
})
