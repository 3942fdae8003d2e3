import type { BrowserContext } from 'playwright-core'

/** Somebody who has an account at a gateway and is signed in, in every page of `enter`'s context. */
export interface Person {
  userId: string
  token: string
  enter(context: BrowserContext): Promise<void>
}

let people = 0

/** Signs a new person up. @param url the origin the page is opened at, which has the sign-in */
export async function newPerson(url: string): Promise<Person> {
  people += 1
  const email = `page-${people}-${Date.now()}@example.com`
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse battery staple' }),
  })
  const session = (await response.json()) as { access_token: string; user: { id: string } }
  if (!response.ok) throw new Error(`Signing ${email} up answered ${response.status}`)
  return {
    userId: session.user.id,
    token: session.access_token,
    async enter(context) {
      // As auth-js keeps it. Only where there is none yet: a page that signs out stays so.
      await context.addInitScript(
        ([origin, kept]) => {
          if (location.origin !== origin || sessionStorage.getItem('entered')) return
          sessionStorage.setItem('entered', 'yes')
          localStorage.setItem('helix.session', kept)
        },
        [new URL(url).origin, JSON.stringify(session)] as const,
      )
    },
  }
}
