import type { Message } from '../../contract/chat.ts'
import type { Problem } from '../../contract/problem.ts'
import { HelixError } from '../../errors.ts'
import type { StoredProblem } from './close.ts'

/** The problem a reader of a failed reply gets, with the reply as far as it came. */
export function toMessageProblem(
  { code, detail, hint }: StoredProblem,
  message: Message,
): Problem & { message: Message } {
  return {
    type: `urn:helix:${code}`,
    title: detail,
    status: new HelixError(code, detail).status,
    code,
    ...(hint ? { hint } : {}),
    message,
  }
}
