import { z } from 'zod'
import { asHelixError } from '../src/errors.ts'
import { argument, defineCommand } from './define.ts'

export default defineCommand({
  examples: [
    ['helix logout', 'sign out of the last gateway'],
    ['helix logout https://helix.example.com', 'sign out of this one'],
  ],
  arguments: { address: argument('[url]', 'gateway to sign out of', z.string().min(1).optional()) },
  acts: ['logout.start', 'file.remove.start'],
  async run({ address }, context) {
    const { signInTarget } = await import('../src/client/node/sign-in.ts')
    const config = await context.config()
    const { act, files } = context.log('person')
    const { client, logins } = await signInTarget({
      address: address ?? config.client.url,
      environment: context.environment,
      dataDir: config.dataDir,
      files,
    })
    const login = await logins.find(client.url)
    if (!login) return { url: client.url, state: 'already_signed_out' as const }
    await act('logout.start', { gateway: client.url }, async () => {
      // The gateway may be gone for good; the login goes all the same.
      await client.signin.signOut(login.accessToken).catch((error: unknown) => {
        context.note(`The gateway was not told: ${asHelixError(error).message}`)
      })
      await logins.remove(client.url)
    })
    return { url: client.url, state: 'signed_out' as const }
  },
  view: ({ url, state }) =>
    state === 'signed_out'
      ? `Signed out of ${url}; the login file is removed.\nUndo with: helix login ${url}`
      : `Was not signed in to ${url}.`,
})
