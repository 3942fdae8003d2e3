/** Why a turn is not taken. */
export const REFUSED_TURNS = [
  'idempotency_mismatch',
  'model_unknown',
  'conversation_busy',
  'too_many_open_replies',
  'budget_exhausted',
  'price_unknown',
  'too_many_streams',
  'draining',
  'audit_unavailable',
] as const

/** How a reply can fail to become whole. */
export const UNFINISHED_REPLIES = [
  'upstream_failed',
  'upstream_overloaded',
  'upstream_timeout',
  'interrupted',
] as const
