import { describe, expect, it } from 'vitest'
import { readBrought, takeBrought } from './brought.ts'

const at = (path: string) => new URL(path, 'https://helix.example.com')

describe('what a mailed link brings', () => {
  it.each([
    ['/confirm?code=abc&sb_flow_id=f', { kind: 'code', code: 'abc', flowId: 'f' }],
    ['/confirm?code=abc', { kind: 'code', code: 'abc', flowId: null }],
    ['/confirm?token_hash=h&type=email', { kind: 'token', hash: 'h', as: 'email' }],
    ['/?token_hash=h&type=__proto__', { kind: 'token', hash: 'h', as: 'email' }],
    [
      '/#access_token=a&refresh_token=r&type=magiclink',
      { kind: 'session', accessToken: 'a', refreshToken: 'r', as: 'magiclink' },
    ],
    ['/#message=Confirmation+link+accepted', { kind: 'agreed' }],
    ['/#error=access_denied&error_code=otp_expired', { kind: 'refused', code: 'otp_expired' }],
    ['/confirm?error=server_error', { kind: 'refused', code: 'unknown' }],
  ])('%s', (path, brought) => expect(readBrought(at(path))).toEqual(brought))

  it.each([
    '/',
    '/c/1?q=code',
    '/sign-in?to=%2Fsettings',
    '/#access_token=a',
    '/?access_token=a&refresh_token=r',
  ])('%s brings nothing', (path) => expect(readBrought(at(path))).toBeUndefined())

  it('leaves the address at once, and leads to a new password where that is what it is for', () => {
    const ledTo = (path: string) => {
      const led: string[] = []
      const history = { replaceState: (_data: unknown, _title: string, to: string) => led.push(to) }
      takeBrought(at(path) as unknown as Location, history as unknown as History)
      return led
    }
    expect(ledTo('/#access_token=a&refresh_token=r&type=magiclink')).toEqual(['/confirm'])
    expect(ledTo('/#access_token=a&refresh_token=r&type=invite')).toEqual(['/reset'])
    expect(ledTo('/confirm?token_hash=h&type=recovery')).toEqual(['/reset'])
    expect(ledTo('/reset?code=c')).toEqual(['/reset'])
    expect(ledTo('/settings')).toEqual([])
  })
})
