import type { Dispatcher } from 'undici'
import { expect, it } from 'vitest'
import { createAborting } from './aborting.ts'

function request() {
  const told: unknown[] = []
  const controller = { abort: (reason: unknown) => void told.push(reason) }
  return { told, controller: controller as unknown as Dispatcher.DispatchController }
}

it('ends with a signal what follows it and has not left, once', () => {
  const aborting = createAborting()
  const [one, other] = [new AbortController(), new AbortController()]
  const [first, second, gone, elsewhere] = [request(), request(), request(), request()]
  aborting.follow(one.signal, first.controller)
  const place = aborting.follow(one.signal, gone.controller)
  aborting.follow(other.signal, elsewhere.controller)
  aborting.follow(one.signal, second.controller)
  aborting.leave(place)
  aborting.leave(place)
  one.abort('why')
  expect([first.told, second.told, gone.told, elsewhere.told]).toEqual([['why'], ['why'], [], []])
})

it('ends at once what follows a signal that is aborted already', () => {
  const late = request()
  const aborting = createAborting()
  aborting.leave(aborting.follow(AbortSignal.abort('over'), late.controller))
  expect(late.told).toEqual(['over'])
})

it('lets whoever is ended leave, and begin something else', () => {
  const aborting = createAborting()
  const { signal, abort } = ((controller) => ({
    signal: controller.signal,
    abort: () => controller.abort('why'),
  }))(new AbortController())
  const seen: string[] = []
  const leaving = {
    abort() {
      seen.push('ended')
      aborting.leave(place)
      aborting.follow(signal, { abort: () => seen.push('refused') } as never)
    },
  }
  const place = aborting.follow(signal, leaving as never)
  abort()
  expect(seen).toEqual(['ended', 'refused'])
})
