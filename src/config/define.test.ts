import { expect, test } from 'vitest'
import { defineConfig } from './define.ts'

test('takes what belongs into the file, and its types refuse the rest', () => {
  const config = { limits: { openReplies: 4 }, trustedProxies: ['::1'], mode: 'embedded' } as const
  expect(defineConfig({ ...config, trustedProxies: ['::1'] })).toEqual(config)
  // @ts-expect-error a secret
  defineConfig({ claude: { apiKey: 'k' } })
  // @ts-expect-error an unknown key
  defineConfig({ limits: { openReplys: 4 } })
  // @ts-expect-error a value of the wrong type
  defineConfig({ port: 'three thousand' })
  // @ts-expect-error what belongs to one process
  defineConfig({ environment: { name: 'production' } })
})
