import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../src/client/client.ts'
import type { Session } from './session.ts'

/** Whether whoever is signed in is the creator of this Helix. It decides only what is offered. */
export interface Creator {
  /** False until the gateway was asked and said so. */
  readonly is: ReadonlySignal<boolean>
  /** Asks the gateway, once a person. */
  ask(): void
}

interface CreatorDeps {
  client: { account: Pick<Client['account'], 'profile'> }
  session: Pick<Session, 'state'>
}

/** Makes what one page knows of its creator. */
export function createCreator({ client, session }: CreatorDeps): Creator {
  const known = signal<{ userId: string; creator: boolean }>()
  const userId = () => {
    const who = session.state.value
    return typeof who === 'string' ? undefined : who.userId
  }
  return {
    is: computed(() => known.value?.creator === true && known.value.userId === userId()),
    ask() {
      const asked = userId()
      if (asked === undefined || known.peek()?.userId === asked) return
      client.account.profile().then(
        ({ creator }) => {
          known.value = { userId: asked, creator }
        },
        // Asked again the next time; the address of the page works in any case.
        () => {},
      )
    },
  }
}
