import { expect, test } from 'vitest'
import type { Act } from '../consent.ts'
import { consentToReach } from './reach.ts'

async function reach(confirm: string | undefined, ...origins: string[]) {
  const acts: Act[] = []
  const consent = async (act: Act) => void acts.push(act)
  const { mayReach, alsoNamed } = await consentToReach(origins, 'Send', {
    consent,
    ...(confirm && { confirm }),
  })
  return { acts, alsoNamed, may: (url: string) => mayReach(new URL(url)) }
}

test('every machine but this one is asked for once, and reached only where it was found', async () => {
  const { acts, may, alsoNamed } = await reach(
    'helix.example.com',
    ...['http://127.0.0.1:3000', 'https://helix.example.com', 'https://helix.example.com:8443'],
  )
  expect(acts).toEqual([{ act: 'Send', name: ['helix.example.com'] }])
  expect(alsoNamed).toEqual([])
  expect(may('https://helix.example.com/x')).toBe(true)
  expect(may('https://helix.example.com:8443/x')).toBe(true)
  expect(may('http://127.0.0.1:3000/x')).toBe(true)
  for (const other of ['http://helix.example.com', 'http://127.0.0.1:3001', 'https://x.helix.example.com'])
    expect(may(other)).toBe(false)
})

test('what is named beside them is reached by its name, or at its port alone', async () => {
  const { acts, may, alsoNamed } = await reach('localhost, [::1]:4000', 'http://127.0.0.1:3000')
  expect(acts).toEqual([])
  expect(alsoNamed).toEqual(['localhost', '[::1]:4000'])
  expect(may('http://localhost:1/')).toBe(true)
  expect(may('http://[::1]:4000/')).toBe(true)
  expect(may('http://[::1]:4001/')).toBe(false)
  expect(may('ftp://localhost/')).toBe(false)
})
