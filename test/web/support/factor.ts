import { TOTP } from 'otpauth'
import type { Person } from './person.ts'

/** Gives somebody a second factor over HTTP; answers a code of it that was not used yet. */
export async function withFactor(url: string, { token }: Person): Promise<() => string> {
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/auth/v1/factors${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`factors${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const enrolled = await post<{ id: string; totp: { secret: string } }>('', { factor_type: 'totp' })
  const totp = new TOTP({ secret: enrolled.totp.secret })
  // Each code is taken once: the one before the present one now, that one later.
  const earlier = totp.generate({ timestamp: Date.now() - 30_000 })
  const { id } = await post<{ id: string }>(`/${enrolled.id}/challenge`, {})
  await post(`/${enrolled.id}/verify`, { challenge_id: id, code: earlier })
  return () => totp.generate()
}
