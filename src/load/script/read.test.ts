import { describe, expect, test } from 'vitest'
import { arrivalsOf, lengthOf, sizeOf } from '../arrivals.ts'
import type { LoadResult } from '../result.ts'
import { judgeThresholds } from '../thresholds.ts'
import { readScript } from './read.ts'

/** As the guide to launching has it, but for its name of a server. */
const GUIDE = `# Create load-test.yml
config:
  target: "https://your-gateway"
  phases:
    - duration: 60
      arrivalRate: 1
      name: "Warm up"
    - duration: 300
      arrivalRate: 5
      name: "Sustained load"
    - duration: 60
      arrivalRate: 0
      name: "Wind down"

scenarios:
  - name: "Chat workflow"
    steps:
      - post:
          url: "/api/chat/message"
          json:
            message: "Hello, Helix!"
`
const FLOW = 'scenarios: [{ flow: [{ get: { url: / } }] }]'

test('the test of the guide is read as it is', () => {
  const { config, scenarios } = readScript(GUIDE, 'load-test.yml')
  expect(sizeOf(config.phases ?? [])).toEqual({ arrivals: 1_560, peakPerSecond: 5 })
  expect(lengthOf(config.phases ?? [])).toBe(420_000)
  expect(scenarios[0]?.flow).toEqual([
    { post: { url: '/api/chat/message', json: { message: 'Hello, Helix!' } } },
  ])
})

describe('what is wrong is named with its line', () => {
  const problem = (yaml: string) => {
    try {
      readScript(yaml, 'x.yml')
    } catch (error) {
      return (error as Error).message
    }
    return 'nothing'
  }

  test.each([
    [`config:\n  target: x\n  fases: []\n${FLOW}`, 'line 3: config.fases is not known here'],
    [
      `config:\n  phases:\n    - duration: 5 m\n      arrivalRate: no\n${FLOW}`,
      'line 4: config.phases.0.arrivalRate',
    ],
    [`config:\n  phases:\n    - arrivalRate: 1\n${FLOW}`, 'line 3: config.phases.0: expected a duration'],
    [
      `config: {}\nscenarios:\n  - flow:\n    - get:\n        url: /\n        beforeRequest: f\n`,
      'beforeRequest is not known',
    ],
    [
      `config: {}\nscenarios:\n  - flow:\n    - emit: {}\n`,
      'line 4: scenarios.0.flow.0: expected one of get, post',
    ],
    [`config: {}\nscenarios:\n  - engine: ws\n    flow: []\n`, 'line 3: scenarios.0.engine'],
    [`config: {\nscenarios`, 'line '],
    [
      `config:\n  ensure:\n    thresholds:\n      - response_tme.p95: 200\n${FLOW}`,
      'line 4: config.ensure.thresholds.0: Nothing called response_tme.p95 is measured. There are response_time',
    ],
    [
      `config:\n  ensure:\n    conditions:\n      - expression: p95 < 200\n${FLOW}`,
      'line 4: config.ensure.conditions.0.expression: Nothing called p95 is measured',
    ],
    [
      `config:\n  ensure:\n    conditions:\n      - expression: error_rate < 1 and stalls\n${FLOW}`,
      'stalls is no condition. One is written as',
    ],
    [
      `config: {}\nscenarios:\n  - flow:\n    - get:\n        url: /\n        capture: { as: key }\n`,
      'line 6: scenarios.0.flow.0.get.capture: key takes nothing: expected json, header or regexp',
    ],
    [
      `config: {}\nscenarios:\n  - flow:\n    - get:\n        url: /\n        capture: [{ regexp: "(", as: key }]\n`,
      'Invalid regular expression',
    ],
  ])('%j', (yaml, message) => {
    expect(problem(yaml)).toContain(message)
  })
})

test('what was promised is judged by every name there is, and joined as it says', () => {
  const ensure = (conditions: string) =>
    readScript(`config: { ensure: { conditions: [{ expression: "${conditions}" }] } }\n${FLOW}`, 'x.yml')
      .config.ensure
  const result = {
    ...{ users: { offered: 10, ended: 10, failed: 1 }, requests: { sent: 10, refused: 2 } },
    times: { response: { p50: 20, p95: 300 } },
  } as LoadResult
  const judged = (conditions: string) => judgeThresholds(result, ensure(conditions))[0]
  expect(judged('error_rate <= 10')).toMatchObject({ ok: true, got: 10 })
  expect(judged('response_time.median < 20')).toMatchObject({ ok: false, got: 20 })
  expect(judged('response_time.p95 < 250 and refused == 2')).toMatchObject({ ok: false, got: null })
  expect(judged('response_time.p95 < 250 or refused_rate >= 20')).toMatchObject({ ok: true, got: null })
  expect(judged('first_token.p95 > 0'), 'what was not measured').toMatchObject({ ok: false, got: null })
})

describe('arrivals', () => {
  const at = (phases: string) => {
    const { config } = readScript(`config: { phases: [${phases}] }\n${FLOW}`, 'x.yml')
    return [...arrivalsOf(config.phases ?? [])].map(({ at }) => Math.round(at))
  }

  test('come evenly, in the order of the phases', () => {
    expect(at('{ arrivalRate: 4, duration: 1 }, { pause: 2 }, { arrivalCount: 2, duration: 1s }')).toEqual([
      0, 250, 500, 750, 3_000, 3_500,
    ])
    expect(at('{ arrivalRate: 0.5, duration: 5 }')).toEqual([0, 2_000, 4_000])
  })

  test('come faster each second where the rate rises', () => {
    const times = at('{ arrivalRate: 1, rampTo: 5, duration: 5 }')
    const inSecond = [0, 1, 2, 3, 4].map((s) => times.filter((t) => Math.floor(t / 1_000) === s).length)
    expect(inSecond).toEqual([1, 2, 3, 4, 5])
  })

  test('by chance are as many on the whole', () => {
    const count = at('{ arrivalRate: 100, duration: 50, mode: poisson }').length
    expect(count).toBeGreaterThan(4_600)
    expect(count).toBeLessThan(5_400)
  })
})
