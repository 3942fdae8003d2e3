import { expect, test } from 'vitest'
import { type Counts, levelBetween, NO_COUNTS, NO_LEVEL, readCounts, worsening } from './level.ts'

const METRICS = `# HELP helix_http_requests_total Requests answered.
helix_http_requests_total{method="GET",route="/health",status="500"} 900
helix_http_requests_total{method="GET",route="/api/profile",status="200"} 94
helix_http_requests_total{method="GET",route="/api/profile",status="500"} 3
helix_http_requests_total{method="GET",route="/api/profile",status="503"} 3
helix_http_held_back_total{route="/api/profile"} 2
helix_http_held_back_total{route="/health"} 2
helix_http_stream_duration_seconds_count{route="/api/chat/message",ended="cut"} 2
helix_http_stream_duration_seconds_count{route="/api/chat/message",ended="whole"} 40
helix_first_token_seconds_bucket{le="0.5"} 37
helix_first_token_seconds_bucket{le="1"} 39
helix_first_token_seconds_bucket{le="+Inf"} 40
helix_http_request_duration_seconds_bucket{le="0.1",method="GET",route="/api/profile"} 94
helix_http_request_duration_seconds_bucket{le="0.25",method="GET",route="/api/profile"} 96
helix_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/api/profile"} 100
`

const counts = (changed: Partial<Counts>): Counts => ({ ...NO_COUNTS, ...changed })

test('what people asked is counted, probes are not, and of what is refused only maintenance is no failure', () => {
  const read = readCounts(METRICS)
  expect(read).toMatchObject({ requests: 100, failed: 4, cut: 2 })
  expect(levelBetween(NO_COUNTS, read)).toEqual({
    requests: 100,
    failedShare: 0.04,
    cutShare: 0.02,
    p95Ms: 250,
    replies: 40,
    firstTokenMs: 1_000,
  })
})

test('a level is of what happened between two looks', () => {
  const before = counts({ requests: 1_000, failed: 500 })
  expect(levelBetween(before, counts({ requests: 1_100, failed: 501 }))).toMatchObject({
    requests: 100,
    failedShare: 0.01,
  })
})

test.each([
  ['failures', { failedShare: 0.05 }, /5\.0 % of its answers are failures, it was 0\.0 %/],
  ['cut streams', { cutShare: 0.05 }, /5\.0 % of its streams were cut/],
  ['slowness', { p95Ms: 5_000 }, /95 % of its answers take up to 5000 ms, it was 250 ms/],
  ['late first words', { firstTokenMs: 5_000 }, /the first words of 95 % .* up to 5000 ms, it was 1000 ms/],
])('%s beyond those of the release before make it worse', (_what, changed, told) => {
  const before = { ...NO_LEVEL, requests: 100, p95Ms: 250, replies: 40, firstTokenMs: 1_000 }
  const now = { ...before, ...changed }
  expect(worsening(before, now)).toMatch(told)
  expect(worsening(now, now)).toBeUndefined()
  expect(worsening(before, { ...now, requests: 5, replies: 3 }), 'too few to say').toBeUndefined()
})

test('a release before which nothing was measured is not called slow', () => {
  const now = { ...NO_LEVEL, requests: 100, p95Ms: 5_000, replies: 40, firstTokenMs: 30_000 }
  expect(worsening(NO_LEVEL, now)).toBeUndefined()
})
