import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { headerRules, pageHeaders } from './headers.ts'

const html = '<title>x</title><script>let a\n=1</script><script type="module" src="/a.js"></script>'
const policyOf = (connect: readonly string[]) => {
  const { document } = pageHeaders({ html, connect })
  const directives = (document['Content-Security-Policy'] ?? '').split('; ').map((one) => one.split(' '))
  return new Map(directives.map(([name = '', ...values]) => [name, values]))
}

describe('the headers of the built page', () => {
  it('let the script in the document run by its hash, and nothing else that is inline', () => {
    const hash = createHash('sha256').update('let a\n=1').digest('base64')
    expect(policyOf([]).get('script-src')).toEqual(["'self'", `'sha256-${hash}'`])
    expect(policyOf([]).get('style-src')).toEqual(["'self'"])
    expect(policyOf([]).get('default-src')).toEqual(["'none'"])
  })

  it('let the page talk to itself and to the origins it was given, each once', () => {
    const policy = policyOf([
      'https://p.supabase.co/auth',
      'https://api.example.com',
      'https://p.supabase.co',
    ])
    expect(policy.get('connect-src')).toEqual(["'self'", 'https://p.supabase.co', 'https://api.example.com'])
  })

  it('as rules for a host put the files that may be kept first, and ask for https', () => {
    const rules = headerRules({ html, connect: [] })
    expect(rules.map(({ path }) => path)).toEqual(['/assets/*', '/*'])
    for (const { headers } of rules) expect(headers['Strict-Transport-Security']).toBe('max-age=31536000')
    expect(rules[0]?.headers['Cache-Control']).toContain('immutable')
    expect(rules[1]?.headers['Cache-Control']).toBe('no-cache')
  })
})
