import { expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { hostsBut } from './target.ts'

const deploy = {
  gateway: { hosts: ['deploy@a', 'deploy@b'] },
  web: { type: 'static', hosts: ['deploy@b', 'deploy@c'] },
} as Config['deploy']

test('a machine that is left out is left out of gateway and page, whichever has it', () => {
  for (const [gone, gateway, page] of [
    ['deploy@b', ['deploy@a'], ['deploy@c']],
    ['deploy@c', ['deploy@a', 'deploy@b'], ['deploy@b']],
  ] as const) {
    expect(hostsBut(deploy.gateway?.hosts ?? [], [gone], { deploy })).toEqual(gateway)
    expect(hostsBut(['deploy@b', 'deploy@c'], [gone], { deploy })).toEqual(page)
  }
})

test('a name that is none of them is a mistake, and so is to leave out all', () => {
  const but =
    (...without: string[]) =>
    () =>
      hostsBut(['deploy@b', 'deploy@c'], without, { deploy })
  expect(but('deploy@d')).toThrow('Nothing is brought to deploy@d')
  expect(but('deploy@b', 'deploy@c')).toThrow('no machine is left')
})
