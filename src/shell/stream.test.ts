import { describe, expect, test } from 'vitest'
import { streamLines } from './stream.ts'

/** Listens to a shell script, and calls `onFirst` with its first line; resolves to how long it then took to end, in ms. */
async function ends(text: string, onFirst: (stop: AbortController) => 'leave' | undefined) {
  const stop = new AbortController()
  let told = performance.now()
  for await (const line of streamLines({ name: 'here' }, 'sh', ['-c', text], { signal: stop.signal })) {
    expect(line).toBe('begun')
    told = performance.now()
    if (onFirst(stop) === 'leave') break
  }
  return performance.now() - told
}

const abort = (stop: AbortController) => void stop.abort('SIGINT')

/** Why a shell here has no way to leave what it started alone. */
const noSetsid = process.platform === 'linux' ? '' : ' (only on Linux)'

describe.concurrent('a program that is listened to', () => {
  test.skipIf(noSetsid).each([
    [
      'its stdout is kept open by what it started',
      'setsid sleep 15 2>/dev/null & sleep 0.5; echo begun; exec sleep 30',
    ],
    [
      'its stderr is kept open by what it started',
      'setsid sleep 15 >/dev/null & sleep 0.5; echo begun; exec sleep 30',
    ],
    ['it does not listen', "trap '' TERM; echo begun; sleep 15; sleep 15"],
  ])(`is left within seconds of a signal also where %s${noSetsid}`, async (_why, text) => {
    expect(await ends(text, abort)).toBeLessThan(6_000)
  })

  test('is ended where the loop is left, also when it says nothing more', async () => {
    expect(await ends('echo begun; exec sleep 15', () => 'leave')).toBeLessThan(2_000)
  })
})

test('what was told to end before it began is not begun', async () => {
  const signal = AbortSignal.abort('SIGINT')
  const lines = streamLines({ name: 'here' }, 'no-such-program', [], { signal })
  expect(await lines.next()).toEqual({ done: true, value: undefined })
})
