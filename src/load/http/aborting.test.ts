import type { Dispatcher } from 'undici'
import { expect, it } from 'vitest'
import { createAborting, Place } from './aborting.ts'

/** A request of somebody, which notes by what it is ended. */
function request(onAbort: (reason: unknown) => void = () => {}) {
  const told: unknown[] = []
  const abort = (reason: unknown) => {
    told.push(reason)
    onAbort(reason)
  }
  return { told, controller: { abort } as unknown as Dispatcher.DispatchController }
}

it('ends with a signal what follows it and has not ended, once', () => {
  const aborting = createAborting()
  const [one, other] = [new AbortController(), new AbortController()]
  const [first, second, gone, elsewhere] = [request(), request(), request(), request()]
  const empty = new Place()
  aborting.follow(one.signal, new Place(), first.controller)
  aborting.follow(one.signal, empty, gone.controller)
  aborting.follow(other.signal, new Place(), elsewhere.controller)
  aborting.follow(one.signal, new Place(), second.controller)
  empty.request = undefined
  one.abort('why')
  expect([first.told, second.told, gone.told, elsewhere.told]).toEqual([['why'], ['why'], [], []])
})

it('ends of one place only the request that is there, by the signal that it follows', () => {
  const aborting = createAborting()
  const [one, other] = [new AbortController(), new AbortController()]
  const [before, present, last] = [request(), request(), request()]
  const place = new Place()
  aborting.follow(one.signal, place, before.controller)
  aborting.follow(one.signal, place, present.controller)
  aborting.follow(other.signal, place, last.controller)
  one.abort('why')
  other.abort('over')
  expect([before.told, present.told, last.told]).toEqual([[], [], ['over']])
})

it('ends at once what follows a signal that is aborted already', () => {
  const late = request()
  createAborting().follow(AbortSignal.abort('over'), new Place(), late.controller)
  expect(late.told).toEqual(['over'])
})

it('lets whoever is ended begin something else in its place', () => {
  const aborting = createAborting()
  const controller = new AbortController()
  const place = new Place()
  const next = request()
  const first = request(() => aborting.follow(controller.signal, place, next.controller))
  aborting.follow(controller.signal, place, first.controller)
  controller.abort('why')
  expect([first.told, next.told]).toEqual([['why'], ['why']])
})
