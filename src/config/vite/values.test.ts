import { describe, expect, test } from 'vitest'
import { tempProject } from '../../../test/support/project.ts'
import { loadConfig } from '../load.ts'
import { viteValues } from './values.ts'

const values = async (files: Record<string, string>, environment: Record<string, string> = {}) => {
  const config = await loadConfig({ cwd: tempProject(files), environment, needs: [] })
  return viteValues(config, 'web', environment)
}

describe('what a page is built with', () => {
  const files = {
    '.env.local': 'SUPABASE_URL=https://p.supabase.co\nSUPABASE_ANON_KEY=eyJ\nCLAUDE_API_KEY=top-secret',
    'helix.config.mjs': 'export default { domains: { api: "api.example.com" } }',
  }

  test('follows from the configuration', async () => {
    expect(await values(files)).toEqual({
      VITE_SUPABASE_URL: 'https://p.supabase.co',
      VITE_SUPABASE_ANON_KEY: 'eyJ',
      VITE_API_URL: 'https://api.example.com',
      VITE_GATEWAY_URL: 'https://api.example.com',
    })
  })

  test('is empty where there is nothing to say', async () => {
    expect(await values({})).toEqual({})
  })

  test('is what the file of the page says, and before it the environment', async () => {
    const own = { ...files, 'web/.env.local': 'VITE_API_URL="https://a"\nVITE_SUPABASE_URL="https://s"' }
    expect(await values(own, { VITE_SUPABASE_URL: 'https://e' })).toMatchObject({
      VITE_API_URL: 'https://a',
      VITE_SUPABASE_URL: 'https://e',
    })
  })

  test.each([
    ['by its name', 'VITE_CLAUDE_API_KEY', 'anything'],
    ['by its looks', 'VITE_API_URL', 'https://user:password@example.com'],
    ['because it is one of ours', 'VITE_SUPABASE_ANON_KEY', 'top-secret'],
    ['as a service-role key', 'VITE_SUPABASE_ANON_KEY', `e30.${btoa('{"role":"service_role"}')}.x`],
    ['as a new secret key of Supabase', 'VITE_SUPABASE_ANON_KEY', 'sb_secret_abc'],
  ])('is never a secret: told %s', async (_how, name, value) => {
    const refused = await values({ ...files, 'web/.env.local': `${name}=${value}` }).catch((error) => error)
    expect(refused).toMatchObject({ code: 'config_invalid', exit: 3 })
    expect(refused.message).toContain(`${name} in web/.env.local:1: it holds`)
    expect(refused.message).not.toContain(value)
  })
})
