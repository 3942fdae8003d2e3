import { describe, expect, test } from 'vitest'
import { arrivalsOf, sizeOf } from '../arrivals.ts'
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
  expect(sizeOf(config.phases ?? [])).toEqual({ arrivals: 1_560, ms: 420_000, peakPerSecond: 5 })
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
  ])('%j', (yaml, message) => {
    expect(problem(yaml)).toContain(message)
  })
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
