import { addressRules } from './rules/addresses.ts'
import { assignmentRules } from './rules/assignments.ts'
import { headerRules } from './rules/headers.ts'
import { numberRules } from './rules/numbers.ts'
import { privateKeyRules } from './rules/private-keys.ts'
import type { RedactionRule } from './rules/rule.ts'
import { serviceRules } from './rules/services.ts'
import { tokenRules } from './rules/tokens.ts'

/** Every rule, the more specific first: where two find the same text, the first names it. */
export const REDACTION_RULES: readonly RedactionRule[] = [
  ...privateKeyRules,
  ...tokenRules,
  ...addressRules,
  ...serviceRules,
  ...numberRules,
  ...headerRules,
  ...assignmentRules,
]
