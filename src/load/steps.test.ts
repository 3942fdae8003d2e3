import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { goThrough } from './course.ts'
import { readScript } from './script/read.ts'
import { type Calls, prepare } from './steps.ts'

/** Goes through a flow whose requests take as long as their path says, in ms, and fail where it says so. */
function going(flow: string) {
  const ended: string[] = []
  const calls: Calls = {
    log: () => {},
    stream: () => expect.unreachable(),
    request:
      (_user, _method, { url }) =>
      (resolve, reject) =>
        void sleep(Number.parseInt(url.slice(1), 10)).then(() => {
          ended.push(url)
          if (url.endsWith('bad')) reject(new Error(url))
          else resolve()
        }),
  }
  const { scenarios } = readScript(`{ config: {}, scenarios: [{ flow: [{ ${flow} }] }] }`, 'test.yml')
  const signal = new AbortController().signal
  const user = { number: 0, variables: {}, due: 0, signal }
  return { ended, whole: goThrough(prepare(scenarios[0]?.flow ?? [], calls)(user)) }
}

test('somebody whose branch failed has ended once all branches have, with what failed first', async () => {
  const { ended, whole } = going(
    'parallel: [{ get: { url: /60 } }, { get: { url: /30bad } }, { get: { url: /1bad } }]',
  )
  await expect(whole).rejects.toThrow('/1bad')
  expect(ended).toEqual(['/1bad', '/30bad', '/60'])
})
