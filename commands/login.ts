import { z } from 'zod'
import type { Client } from '../src/client/client.ts'
import type { Session } from '../src/client/signin.ts'
import type { Context } from './context.ts'
import { argument, defineCommand, option } from './define.ts'
import { readPassword } from './password.ts'

export default defineCommand({
  examples: [
    ['helix login https://helix.example.com', 'sign in; asks for email and password'],
    [
      'helix login helix.example.com --email ada@example.com --password-stdin < file',
      'the same, in a script',
    ],
    ['curl -H "Authorization: Bearer $(helix login --print-token)" …/api/conversations', 'for curl'],
  ],
  description: 'The login is kept in $XDG_CONFIG_HOME/helix, readable by you alone, one for each gateway.',
  arguments: { address: argument('[url]', 'gateway to sign in to', z.string().min(1).optional()) },
  options: {
    email: option('--email <address>', 'email to sign in with', z.email().optional()),
    passwordStdin: option('--password-stdin', 'read the password from stdin', z.boolean().default(false)),
    code: option('--code <digits>', 'code of the second factor', z.string().optional()),
    printToken: option('--print-token', 'print an access token and nothing else', z.boolean().default(false)),
  },
  acts: ['login.start', 'file.write.start'],
  run: (input, context) =>
    input.printToken && input.email === undefined
      ? currentToken(input.address, context)
      : signIn(input, context),
  view: ({ url, user, token }) => token ?? `Signed in to ${url} as ${user}.\nUndo with: helix logout ${url}`,
})

interface LoginResult {
  url: string
  user: string | null
  token: string | undefined
}

async function signIn(
  input: {
    address: string | undefined
    email: string | undefined
    passwordStdin: boolean
    code: string | undefined
    printToken: boolean
  },
  context: Context,
): Promise<LoginResult> {
  const { signInTarget } = await import('../src/client/node/sign-in.ts')
  const config = await context.config()
  const { act, files } = context.log('person')
  const { client, logins } = await signInTarget({
    address: input.address ?? config.client.url,
    environment: context.environment,
    dataDir: config.dataDir,
    files,
  })
  await client.publicConfig()
  const email = input.email ?? (await context.ask({ label: 'Email', instead: '--email <address>' }))
  const password = await readPassword(input.passwordStdin, context)
  const session = await act('login.start', { gateway: client.url }, async () => {
    const first = await client.signin.password(email, password)
    const signedIn = await proved(client, first, input.code, context)
    await logins.save(client.url, signedIn)
    return signedIn
  })
  return {
    url: client.url,
    user: session.user.email,
    token: input.printToken ? session.accessToken : undefined,
  }
}

/** Where the account has a second factor, the session that has proved it. */
async function proved(
  { signin }: Pick<Client, 'signin'>,
  first: Session,
  given: string | undefined,
  context: Context,
): Promise<Session> {
  const { factorId } = first
  if (factorId === undefined) return first
  const code =
    given ?? (await context.ask({ label: 'Code of your second factor', instead: '--code <digits>' }))
  return signin.code(first, factorId, code.replaceAll(' ', ''))
}

async function currentToken(address: string | undefined, context: Context): Promise<LoginResult> {
  const { accessToken } = await import('../src/client/node/sign-in.ts')
  const { findGateway } = await import('../src/client/node/gateway.ts')
  const { client, dataDir } = await context.config()
  const { environment } = context
  const { files } = context.log('person')
  const token = client.token?.reveal()
  const gateway = address
    ? await findGateway({ url: address, token, environment, dataDir, files })
    : await context.gateway()
  return { url: gateway.url, user: null, token: await accessToken(gateway, { environment, token, files }) }
}
