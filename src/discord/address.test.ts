import { expect, test } from 'vitest'
import { parseWebhook } from './address.ts'

const ID = '1234567890123456789'
const TOKEN = `${'aB3_-'.repeat(13)}xyz`

test.each(['discord.com', 'discordapp.com', 'canary.discord.com', 'ptb.discord.com', 'www.discord.com'])(
  'an address at %s is understood',
  (host) => {
    for (const version of ['', '/v9', '/v10'])
      expect(parseWebhook(`https://${host}/api${version}/webhooks/${ID}/${TOKEN}`)).toEqual({
        ...{ id: ID, token: TOKEN, api: 'https://discord.com/api/v10' },
      })
  },
)

test('the thread an address names is kept', () => {
  expect(parseWebhook(`https://discord.com/api/webhooks/${ID}/${TOKEN}?thread_id=${ID}`)).toMatchObject({
    thread: ID,
  })
})

test('what stands in for Discord is where it is on this machine, or is said to be', () => {
  const local = `http://127.0.0.1:4000/api/webhooks/${ID}/${TOKEN}`
  expect(parseWebhook(local)).toMatchObject({ api: 'http://127.0.0.1:4000/api' })
  const real = `https://discord.com/api/webhooks/${ID}/${TOKEN}`
  expect(parseWebhook(real, 'http://127.0.0.1:1/api')).toMatchObject({ api: 'http://127.0.0.1:1/api' })
})

test.each([
  `http://discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com.evil.example/api/webhooks/${ID}/${TOKEN}`,
  `https://evil.example/discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com@evil.example/api/webhooks/${ID}/${TOKEN}`,
  `https://user:pass@discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com:8443/api/webhooks/${ID}/${TOKEN}`,
  `https://10.0.0.1/api/webhooks/${ID}/${TOKEN}`,
  `https://169.254.169.254/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com/api/webhooks/${ID}/${TOKEN}/slack`,
  `https://discord.com/api/webhooks/${ID}/../../users/@me`,
  `https://discord.com/api/webhooks/${ID}`,
  'not an address',
])('%s is none', (text) => {
  expect(parseWebhook(text)).toBeUndefined()
})
