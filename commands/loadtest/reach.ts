import type { Context } from '../context.ts'
import { isThisMachine } from './this-machine.ts'

type Asking = Pick<Context, 'consent' | 'confirm'>

/** Where a test may send. */
interface Reach {
  /** Whether a request may go there. */
  mayReach(url: URL): boolean
  /** Machines, some with their port, that were named without having to be: variables may lead there. */
  alsoNamed: string[]
}

/**
 * Asks for consent to whatever of these places is not this machine. A request goes to none but these, and to what
 * `--confirm` names beside them.
 */
export async function consentToReach(
  origins: readonly string[],
  act: string,
  asking: Asking,
): Promise<Reach> {
  const hostnames = origins.map((origin) => new URL(origin).hostname)
  const asked = [...new Set(hostnames)].filter((name) => !isThisMachine(name))
  if (asked.length > 0) await asking.consent({ act, name: asked })
  const named = asking.confirm?.split(',').map((name) => name.trim()) ?? []
  const alsoNamed = named.filter((name) => !asked.includes(name))
  return {
    mayReach: ({ origin, protocol, hostname, host }) =>
      origins.includes(origin) ||
      (/^https?:$/.test(protocol) && (alsoNamed.includes(hostname) || alsoNamed.includes(host))),
    alsoNamed,
  }
}
