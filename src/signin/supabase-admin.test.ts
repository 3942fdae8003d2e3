import { expect, it } from 'vitest'
import { Secret } from '../config/secret.ts'
import { createSupabaseAdmin } from './supabase-admin.ts'

const USER = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'

/** A project that answers one status and remembers what it was asked. */
function project(status: number, serviceRole: Secret | undefined = new Secret('the-key')) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push({ url: String(url), init })
    if (status === 0) throw new TypeError('fetch failed')
    return new Response(status === 200 ? '{}' : '{"msg":"no"}', { status })
  }
  return { asked, admin: createSupabaseAdmin({ url: 'https://p.supabase.co/', serviceRole, fetch }) }
}

it('deletes an account for good, with the service-role key', async () => {
  const { admin, asked } = project(200)
  await admin.deleteUser(USER)
  expect(asked).toEqual([
    {
      url: `https://p.supabase.co/auth/v1/admin/users/${USER}`,
      init: expect.objectContaining({
        method: 'DELETE',
        headers: expect.objectContaining({ apikey: 'the-key', authorization: 'Bearer the-key' }),
        body: '{"should_soft_delete":false}',
      }),
    },
  ])
})

it('takes an account that is gone already as deleted', async () => {
  await expect(project(404).admin.deleteUser(USER)).resolves.toBeUndefined()
})

it('asks a few times when the project answers 500, as after a deadlock', async () => {
  const statuses = [500, 500, 200]
  const fetch: typeof globalThis.fetch = async () => new Response('{}', { status: statuses.shift() ?? 418 })
  const admin = createSupabaseAdmin({ url: 'https://p.supabase.co', serviceRole: new Secret('k'), fetch })
  await expect(admin.deleteUser(USER)).resolves.toBeUndefined()
  expect(statuses).toEqual([])
  const failing = project(500)
  await expect(failing.admin.deleteUser(USER)).rejects.toMatchObject({ code: 'signin_unavailable' })
  expect(failing.asked).toHaveLength(3)
})

it.each([0, 401, 403, 500])('says what the project did when it answered %d, and no key', async (status) => {
  const failure: unknown = await project(status)
    .admin.deleteUser(USER)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'signin_unavailable' })
  expect(JSON.stringify([failure, String(failure)])).not.toContain('the-key')
})

it('asks nothing without a key', async () => {
  const fetch: typeof globalThis.fetch = () => Promise.reject(new Error('asked'))
  const admin = createSupabaseAdmin({ url: 'https://p.supabase.co', serviceRole: undefined, fetch })
  expect(() => admin.assertKey()).toThrow('no service-role key')
  await expect(admin.deleteUser(USER)).rejects.toMatchObject({ code: 'signin_unavailable' })
})
