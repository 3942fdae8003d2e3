import { afterEach, describe, expect, it, vi } from 'vitest'
import { findConfig } from './config.ts'

const OWN = 'http://localhost:3000'
const SAID = { supabaseUrl: 'https://p.supabase.co', anonKey: 'k', apiUrl: 'https://api.x', simulated: true }
const pageSaying = (said?: object) =>
  ({ querySelector: () => said && { content: JSON.stringify(said) } }) as unknown as Document

describe('where the page finds its gateway', () => {
  afterEach(() => vi.unstubAllGlobals())

  function answering(said: object) {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (address: string) => {
      asked.push(address)
      return Response.json(said)
    })
    return asked
  }

  it('is where it was served from, under the name it was opened with', async () => {
    const embedded = await findConfig(pageSaying({ ...SAID, mode: 'embedded' }), {}, OWN)
    expect(embedded).toEqual({ apiUrl: OWN, signInUrl: OWN, anonKey: 'k', simulated: true })
    const hosted = await findConfig(pageSaying({ ...SAID, mode: 'supabase' }), {}, OWN)
    expect(hosted).toMatchObject({ apiUrl: OWN, signInUrl: 'https://p.supabase.co' })
  })

  it('is what the page was built for, elsewhere', async () => {
    const asked = answering({ ...SAID, mode: 'postgres' })
    const supabase = { VITE_SUPABASE_URL: 'https://s', VITE_SUPABASE_ANON_KEY: 'a' }
    expect(await findConfig(pageSaying(), { VITE_API_URL: 'https://g', ...supabase }, OWN)).toEqual({
      apiUrl: 'https://g',
      signInUrl: 'https://s',
      anonKey: 'a',
      simulated: undefined,
    })
    expect(asked).toEqual([])
    expect(await findConfig(pageSaying(), { VITE_GATEWAY_URL: 'https://g' }, OWN)).toMatchObject({
      apiUrl: 'https://g',
      signInUrl: 'https://g',
      anonKey: 'k',
    })
    expect(asked).toEqual(['https://g/config.json'])
  })

  it('is its own origin where nobody said anything, and nowhere where that does not answer', async () => {
    answering({ ...SAID, mode: 'embedded' })
    expect(await findConfig(pageSaying(), {}, OWN)).toMatchObject({ apiUrl: OWN })
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }))
    await expect(findConfig(pageSaying(), {}, OWN)).rejects.toThrow('404')
  })
})
