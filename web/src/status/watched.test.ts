import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PublicStatus } from '../../../src/contract/status.ts'
import { answeredLately, fetchWatched, newestOf } from './watched.ts'

const at = (updatedAt: string) => ({ updatedAt, components: [], incidents: [] }) as unknown as PublicStatus
const signal = new AbortController().signal
const watched = { lookedAt: '2026-11-25T12:00:00.000Z', awaySince: null, status: null }

afterEach(() => vi.unstubAllGlobals())

describe('what is kept beside the copy', () => {
  const answer = (response: Response) => vi.stubGlobal('fetch', async () => response)

  it('is read as it was written', async () => {
    answer(Response.json(watched))
    expect(await fetchWatched(signal)).toEqual(watched)
  })

  it.each([
    ['a document in its place', new Response('<!doctype html>')],
    ['nothing', new Response('', { status: 404 })],
    ['another shape', Response.json({ lookedAt: 'soon', awaySince: null, status: null })],
    ['a picture without parts', Response.json({ ...watched, status: {} })],
  ])('is nothing where there is %s', async (_, response) => {
    answer(response)
    expect(await fetchWatched(signal)).toBeNull()
  })
})

it('tells of now only what was seen lately', () => {
  const now = Date.parse('2026-11-25T12:10:00.000Z')
  expect(answeredLately(watched, now)).toBe(true)
  expect(answeredLately(watched, now + 600_000)).toBe(false)
  expect(answeredLately({ ...watched, awaySince: watched.lookedAt }, now)).toBe(false)
})

it('shows the newest picture there is', () => {
  const [old, fresh] = [at('2026-11-25T12:00:00.000Z'), at('2026-11-25T12:00:01.000Z')]
  expect(newestOf(old, undefined, fresh, null)).toBe(fresh)
  expect(newestOf(undefined, null)).toBeUndefined()
})
