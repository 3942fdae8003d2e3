import { expect, it } from 'vitest'
import { headerRules } from './headers.ts'
import { hostFiles, ruleFor, vercelConfig } from './hosts.ts'
import { PAGE_PATHS } from './paths.ts'

const rules = headerRules({ html: '<script>1</script>', connect: ['https://api.example.com'] })
const files = hostFiles(rules, PAGE_PATHS)
const policy = ruleFor(rules, '/')?.headers['Content-Security-Policy'] ?? 'none'

it('says the same headers to every kind of host', () => {
  for (const name of ['vercel.json', '_headers', 'nginx.conf', 'headers.json']) {
    expect(files[name], name).toContain(policy)
    expect(files[name], name).toContain('public, max-age=31536000, immutable')
    expect(files[name], name).toContain('Strict-Transport-Security')
  }
})

it('tells Vercel two rules that never fit the same path', () => {
  const sources = vercelConfig(rules).headers.map(({ source }) => new RegExp(`^${source}$`))
  const fitting = (path: string) => sources.flatMap((source, i) => (source.test(path) ? [i] : []))
  expect(fitting('/assets/a.js')).toEqual([0])
  for (const path of ['/', '/c/1', '/service-worker.js']) expect(fitting(path)).toEqual([1])
})

it('tells Netlify each header once for every path, since it would join the values', () => {
  const blocks = (files._headers ?? '').split(/^(?=\/)/m)
  const names = blocks.flatMap((block) => [...block.matchAll(/^ {2}([\w-]+):/gm)].map(([, name]) => name))
  expect(new Set(names).size).toBe(names.length)
})

it('answers the document at the addresses of the page alone, so that a missing file stays missing', () => {
  const lines = (files._redirects ?? '').trim().split('\n')
  expect(lines).toContain('/c/* /index.html 200')
  expect(lines).toContain('/settings /index.html 200')
  expect(lines.some((line) => line.startsWith('/* ') || line.startsWith('/assets'))).toBe(false)
  expect(vercelConfig(rules).rewrites[0]?.source).toContain('(?!assets/)')
})
