import type { Series } from './registry.ts'

/** What people think of replies: how often, and which of the two. */
export function feedbackMetrics({ counter }: Series) {
  const feedback = counter('helix_feedback_total', 'Ratings given to replies, changed ones again.', [
    'rating',
  ])
  return { given: (rating: 'up' | 'down') => feedback.inc({ rating }) }
}
