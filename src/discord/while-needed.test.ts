import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { whileNeeded } from './while-needed.ts'

it('opens one for all who wait, and another only once the one before has ended', async () => {
  const happened: string[] = []
  const open = () => {
    happened.push('opened')
    return {
      async stop() {
        await sleep(50)
        happened.push('ended')
      },
    }
  }
  const { wait, stop } = whileNeeded(async () => void (await sleep(5)), open)
  await Promise.all([wait('api', 1), wait('commands', 2)])
  expect(happened).toEqual(['opened'])
  const stopping = stop()
  await Promise.all([wait('api', 3), wait('api', 4)])
  expect(happened).toEqual(['opened', 'ended', 'opened'])
  await stopping
  await stop()
  expect(happened).toEqual(['opened', 'ended', 'opened', 'ended'])
})
