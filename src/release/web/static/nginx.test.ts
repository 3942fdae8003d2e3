import { expect, test } from 'vitest'
import { type PageSite, pageSite } from './nginx.ts'

const site: PageSite = {
  part: 'web',
  folder: '/home/deploy/helix-web',
  names: ['helix.example.com'],
  rules: [],
}
const CHALLENGE = 'location /.well-known/acme-challenge/'

test('the site of a page answers whoever is to prove its name, before there is a certificate and after', () => {
  expect(pageSite(site).split(CHALLENGE)).toHaveLength(2)
  const tls = { certificate: '/etc/fullchain.pem', key: '/etc/privkey.pem' }
  const [plain = '', secured = ''] = pageSite({ ...site, tls }).split('listen 443')
  expect(plain).toContain(CHALLENGE)
  expect(secured).not.toContain(CHALLENGE)
})
