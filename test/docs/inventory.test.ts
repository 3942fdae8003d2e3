import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { table } from '../../commands/table.ts'
import { FAILURE_CODES, HelixError } from '../../src/errors.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { anchorsOf, codeOf, readPage, readPages } from './pages.ts'

/** Commands that settings and hints speak of before they exist; each goes from this list when it comes. */
const COMING = ['provision supabase']
/** The same for routes. */
const COMING_ROUTES: string[] = []
const pages = readPages()

describe('the pages', () => {
  it('have a table of every failure code, as the code has it', () => {
    const rows = readPage('docs/troubleshooting.md').matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \|/gm)
    const told = [...rows].map(([, code, status, exit]) => ({
      code,
      status: Number(status),
      exit: Number(exit),
    }))
    const known = FAILURE_CODES.map((code) => {
      const { status, exit } = new HelixError(code, '')
      return { code, status, exit }
    })
    expect(told).toEqual(known)
  })

  it('link to what is there', () => {
    for (const { path, text } of pages) {
      for (const [, target = ''] of text.replaceAll(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue
        const [file = '', anchor] = target.split('#')
        const linked = file === '' ? path : normalize(join(dirname(path), file))
        expect(existsSync(linked), `${path} links to ${target}`).toBe(true)
        if (anchor !== undefined) expect(anchorsOf(readPage(linked)), `${path}: ${target}`).toContain(anchor)
      }
    }
  })

  it('speak of no command there is not', () => {
    expect(COMING.filter((command) => Object.hasOwn(table, command))).toEqual([])
    for (const { path, text } of pages) {
      for (const code of codeOf(text)) {
        for (const [spoken, noun = '', verb = ''] of code.matchAll(
          /(?<![^\s(])helix ([a-z]+)(?: ([a-z]+))?/g,
        )) {
          expect(isCommand(noun, verb), `${path}: ${spoken}`).toBe(true)
        }
      }
    }
  })
})

function isCommand(noun: string, verb: string): boolean {
  const command = `${noun} ${verb}`
  if (Object.hasOwn(table, command) || COMING.includes(command) || noun === 'help') return true
  const entry = Object.hasOwn(table, noun) ? table[noun] : undefined
  return entry !== undefined && (entry.load !== undefined || verb === '')
}

describe('docs/api.md', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
  })
  afterAll(() => gateway.close())

  it('has a section for every route, and no other', () => {
    const headings = readPage('docs/api.md').matchAll(/^### ([A-Z]+ \/\S*)$/gm)
    const told = [...headings].map(([, route]) => route)
    const routes = gateway.running.routes.map(({ method, path }) => `${method} ${path}`)
    expect(told.toSorted()).toEqual(routes.toSorted())
  })

  it('is the only place routes are from, whichever page speaks of them', () => {
    const routes = gateway.running.routes.map(({ method, path }) => `${method} ${path}`)
    expect(routes.filter((route) => COMING_ROUTES.includes(route))).toEqual([])
    for (const { path, text } of pages) {
      for (const [spoken] of text.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/(?:[\w/:.-]*[\w/])?/g)) {
        expect([...routes, ...COMING_ROUTES], path).toContain(spoken)
      }
    }
  })
})
