import { expect, it } from 'vitest'
import { sanitize } from '../../audit/sanitize.ts'
import { secretShape } from '../../config/secret-shapes.ts'
import { drawAccessToken, parseAccessToken } from './format.ts'

it('is another one each time, with 256 random bits', () => {
  const drawn = Array.from({ length: 500 }, () => drawAccessToken())
  for (const { token, id } of drawn) expect(token).toMatch(new RegExp(`^hlx_${id}_[0-9A-Za-z]{49}$`))
  for (const part of ['token', 'id', 'secretHash'] as const) {
    expect(new Set(drawn.map((one) => one[part])).size).toBe(500)
  }
})

it('is read back as it was drawn', () => {
  const { token, id, secretHash } = drawAccessToken()
  expect(parseAccessToken(token)).toEqual({ id, secretHash })
})

it('betrays a single wrong, missing or added character without a look at the database', () => {
  const { token } = drawAccessToken()
  for (let place = 0; place < token.length; place += 1) {
    const other = token[place] === 'x' ? 'y' : 'x'
    expect(parseAccessToken(token.slice(0, place) + other + token.slice(place + 1))).toBeUndefined()
    expect(parseAccessToken(token.slice(0, place) + token.slice(place + 1))).toBeUndefined()
  }
  expect(parseAccessToken(`${token}x`)).toBeUndefined()
  expect(parseAccessToken(` ${token}`)).toBeUndefined()
  expect(parseAccessToken('')).toBeUndefined()
})

it('is known as a secret by its looks, in a text and as a value', () => {
  const { token } = drawAccessToken()
  const said = JSON.stringify(sanitize({ note: `curl with ${token}, please` }))
  expect(said).toContain('[REDACTED:helix_token]')
  expect(said).not.toContain(token.slice(20))
  expect(secretShape(token)).toBe('an access token of Helix')
})
