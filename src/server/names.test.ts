import { expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { gatewayNames } from './names.ts'

const config = {
  domains: { api: 'api.example.com' },
  deploy: { gateway: { hosts: ['deploy@vps.example.com'] } },
} as Pick<Config, 'domains' | 'deploy'>

test('a server for a page alone asks for no certificate of the gateway, whose name leads elsewhere', () => {
  const names = (host: string, forPages: boolean) => gatewayNames(config, { host, forPages })
  expect(names('root@other.example.com', true)).toEqual([])
  expect(names('root@vps.example.com', true)).toEqual(['api.example.com'])
  expect(names('root@new.example.com', false)).toEqual(['api.example.com'])
})
