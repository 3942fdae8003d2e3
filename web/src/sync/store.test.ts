import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'
import { browserTables } from './store/browser-tables.ts'
import { MOST_CHARACTERS, MOST_CONVERSATIONS, MOST_MESSAGES } from './store/cache.ts'
import { memoryTables } from './store/memory-tables.ts'
import type { Tables } from './store/tables.ts'
import { createStore } from './store.ts'

type Kept = Parameters<ReturnType<typeof createStore>['cache']['keepMessages']>[2]
const messages = (count: number, length = 1) =>
  Array.from({ length: count }, (_, place) => ({
    id: String(place),
    content: 'x'.repeat(length),
  })) as unknown as Kept

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

describe.each([
  ['the browser’s tables', browserTables],
  ['tables in memory', async () => memoryTables()],
])('%s', (_name, open) => {
  const row = (userId: string, id: string, value: unknown = id) => ({ userId, id, at: 1, value })

  test('find rows by person and id, and only theirs', async () => {
    const tables = await open()
    await tables.write('drafts', row('ana', '1'))
    await tables.write('drafts', row('ana', '2'))
    await tables.write('drafts', row('anabel', '1', 'hers'))
    await tables.write('waiting', row('ana', '1', 'elsewhere'))
    expect(await tables.read('drafts', 'ana', '2')).toMatchObject({ value: '2' })
    expect(await tables.read('drafts', 'ben', '2')).toBeUndefined()
    expect((await tables.list('drafts', 'ana')).map(({ value }) => value)).toEqual(['1', '2'])
    await tables.write('drafts', row('ana', '2', 'anew'))
    await tables.remove('drafts', 'ana', '1')
    expect((await tables.list('drafts', 'ana')).map(({ value }) => value)).toEqual(['anew'])
  })

  test('are emptied for one person, or for everyone', async () => {
    const tables = await open()
    for (const name of ['ana', 'ben']) {
      await tables.write('drafts', row(name, '1'))
      await tables.write('waiting', row(name, '1'))
    }
    await tables.clear(['drafts'], 'ana')
    expect(await tables.list('drafts', 'ana')).toEqual([])
    expect(await tables.list('drafts', 'ben')).toHaveLength(1)
    expect(await tables.list('waiting', 'ana')).toHaveLength(1)
    await tables.clear(['drafts', 'waiting'])
    expect(await tables.list('waiting', 'ben')).toEqual([])
  })
})

describe('the store', () => {
  test('keeps nothing more of who was forgotten, though a page that closes still writes, until they return', async () => {
    const store = createStore(browserTables)
    await store.drafts.write('ana', 'k', 'half a thou')
    await Promise.all([store.forget('everything', 'ana'), store.drafts.write('ana', 'k', 'half a thought')])
    await store.cache.keepMessages('ana', 'k', messages(1))
    await store.cache.keepConversations('ana', [{ title: 'private' }] as never)
    await store.drafts.write('ben', 'k', 'his')
    const later = createStore(browserTables)
    expect(await later.drafts.read('ana', 'k')).toBe('')
    expect(await later.cache.messages('ana', 'k')).toEqual([])
    expect(await later.cache.conversations('ana')).toEqual([])
    expect(await later.drafts.read('ben', 'k')).toBe('his')
    store.welcome('ana')
    await store.drafts.write('ana', 'k', 'a thought')
    expect(await later.drafts.read('ana', 'k')).toBe('a thought')
  })

  test('keeps across tabs and reloads', async () => {
    const store = createStore(browserTables)
    await store.drafts.write('ana', 'k', 'half a thou')
    expect(await store.waiting.write('ana', 'm1', { content: 'hi' })).toBe(true)
    await store.cache.keepMessages('ana', 'k', messages(2))
    const later = createStore(browserTables)
    expect(await later.drafts.read('ana', 'k')).toBe('half a thou')
    expect(await later.waiting.list('ana')).toEqual([{ content: 'hi' }])
    expect(await later.cache.messages('ana', 'k')).toHaveLength(2)
    expect(later.keeping.value).toBe('kept')
    await later.drafts.write('ana', 'k', '')
    expect(await store.drafts.read('ana', 'k')).toBe('')
  })

  test('keeps the newest messages of a conversation', async () => {
    const store = createStore(browserTables)
    await store.cache.keepMessages('ana', 'k', messages(MOST_MESSAGES + 10))
    const kept = await store.cache.messages('ana', 'k')
    expect([kept.length, kept[0]?.id]).toEqual([MOST_MESSAGES, '10'])
  })

  test('lets the conversations go that were read longest ago', async () => {
    const store = createStore(browserTables)
    for (let place = 0; place <= MOST_CONVERSATIONS; place += 1)
      await store.cache.keepMessages('ana', `k${place}`, messages(1))
    expect(await store.cache.messages('ana', 'k0')).toEqual([])
    expect(await store.cache.messages('ana', 'k1')).toHaveLength(1)
    await store.cache.keepMessages('ana', 'long', messages(1, MOST_CHARACTERS + 1))
    expect(await store.cache.messages('ana', `k${MOST_CONVERSATIONS}`)).toEqual([])
    expect(await store.cache.messages('ana', 'long')).toHaveLength(1)
  })

  test('forgets what was loaded, and what waits only when told', async () => {
    const store = createStore(browserTables)
    for (const name of ['ana', 'ben']) {
      await store.waiting.write(name, 'm', {})
      await store.drafts.write(name, 'k', 'draft')
      await store.cache.keepMessages(name, 'k', messages(1))
    }
    await store.forget('loaded', 'ana')
    expect(await store.drafts.read('ana', 'k')).toBe('')
    expect(await store.cache.messages('ana', 'k')).toEqual([])
    expect(await store.waiting.list('ana')).toHaveLength(1)
    expect(await store.drafts.read('ben', 'k')).toBe('draft')
    await store.forget('everything', 'ana')
    expect(await store.waiting.list('ana')).toEqual([])
    expect(await store.waiting.list('ben')).toHaveLength(1)
  })

  test('goes on in memory where storage is denied, and says so', async () => {
    const store = createStore(async () => {
      throw new DOMException('denied', 'SecurityError')
    })
    expect(await store.waiting.write('ana', 'm', 'hi')).toBe(false)
    await store.drafts.write('ana', 'k', 'draft')
    expect(store.keeping.value).toBe('denied')
    expect(await store.waiting.list('ana')).toEqual(['hi'])
    expect(await store.drafts.read('ana', 'k')).toBe('draft')
    expect(await store.cache.conversations('ana')).toEqual([])
    await store.waiting.remove('ana', 'm')
    expect(await store.waiting.list('ana')).toEqual([])
  })

  test('gives up what was loaded before it gives up a message', async () => {
    const tables = memoryTables()
    let room = 1
    const small: Tables = {
      ...tables,
      async write(table, row) {
        if (room <= 0) throw new DOMException('full', 'QuotaExceededError')
        room -= 1
        await tables.write(table, row)
      },
      async clear(names, userId) {
        if (names.includes('messages')) room += 1
        await tables.clear(names, userId)
      },
    }
    const store = createStore(async () => small)
    await store.cache.keepMessages('ana', 'k', messages(1))
    expect(await store.waiting.write('ana', 'm1', 'first')).toBe(true)
    expect(await store.cache.messages('ana', 'k')).toEqual([])
    room = -1
    expect(await store.waiting.write('ana', 'm2', 'second')).toBe(false)
    expect(store.keeping.value).toBe('full')
    expect((await store.waiting.list('ana')).sort()).toEqual(['first', 'second'])
    room = 5
    expect(await store.waiting.write('ana', 'm2', 'second')).toBe(true)
    expect(store.keeping.value).toBe('kept')
  })

  test('makes way for a newer release, and goes on in memory', async () => {
    const old = createStore(browserTables)
    expect(await old.waiting.write('ana', 'm1', 'kept')).toBe(true)
    const upgraded = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('helix', 99)
      request.onsuccess = () => resolve(request.result)
      request.onblocked = () => reject(new Error('the older release is in the way'))
    })
    expect(upgraded.version).toBe(99)
    expect(await old.waiting.write('ana', 'm2', 'in memory')).toBe(false)
    expect(old.keeping.value).toBe('denied')
    expect(await old.waiting.list('ana')).toEqual(['in memory'])
    upgraded.close()
  })
})
