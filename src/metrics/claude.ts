import type { Claude, ClaudeEvent } from '../claude/claude.ts'
import { findModel } from '../claude/models.ts'
import { asHelixError } from '../errors.ts'
import type { Series } from './registry.ts'

/** A model as a label: only so many are known. */
export function modelLabel(model: string): string {
  return findModel(model)?.id ?? 'other'
}

/** Makes a `Claude` that counts what is asked of another one, and how that one answers. */
export function claudeMetrics({ counter, histogram }: Series) {
  const calls = counter('helix_claude_calls_total', 'Calls of Claude, each attempt counted.', [
    'model',
    'simulated',
  ])
  const retries = counter('helix_claude_retries_total', 'Calls that were repeated.', ['model', 'simulated'])
  const failures = counter('helix_claude_failures_total', 'Calls that failed for good.', [
    'model',
    'simulated',
    'code',
  ])
  const firstToken = histogram(
    'helix_claude_first_token_seconds',
    'From the first attempt to the first token of the reply.',
    ['model', 'simulated'],
  )
  const duration = histogram(
    'helix_claude_reply_seconds',
    'From the first attempt to the end of the reply.',
    ['model', 'simulated'],
  )
  const gap = histogram(
    'helix_claude_longest_gap_seconds',
    'The longest silence within a reply, once it had begun.',
    ['model', 'simulated'],
  )

  return (claude: Claude): Claude => ({
    simulated: claude.simulated,
    async *stream(request, meter, signal) {
      const asked = { model: modelLabel(request.model), simulated: String(claude.simulated) }
      const startedAt = performance.now()
      const since = () => (performance.now() - startedAt) / 1_000
      let waiting = true
      let heardAt = startedAt
      let longest = 0
      const hear = () => {
        const now = performance.now()
        if (!waiting) longest = Math.max(longest, now - heardAt)
        heardAt = now
      }
      const note = ({ type }: ClaudeEvent) => {
        if (type === 'sent') calls.inc(asked)
        else if (type === 'retrying') retries.inc(asked)
        else if (type === 'end') {
          duration.observe(asked, since())
          if (!waiting) gap.observe(asked, longest / 1_000)
        } else {
          hear()
          if (waiting) firstToken.observe(asked, since())
          waiting = false
        }
      }
      try {
        for await (const event of claude.stream(request, meter, signal)) {
          note(event)
          yield event
        }
      } catch (thrown) {
        const { code } = asHelixError(thrown)
        if (code !== 'stopped') failures.inc({ ...asked, code })
        throw thrown
      }
    },
  })
}
