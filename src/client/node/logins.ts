import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { HelixError } from '../../errors.ts'
import type { Files } from '../../files.ts'
import { makePrivateFolder } from '../../private-folder.ts'
import type { TokenSource } from '../http.ts'
import type { Session, Signin } from '../signin.ts'
import { withFileLock } from './file-lock.ts'

/** A token this close to its end is renewed before it is used. */
const RENEW_BEFORE_SECONDS = 60

/** A login as it lies on disk, one file a gateway, 0600. */
interface Login extends Session {
  url: string
  /** RFC 3339; the last login is the one used where nothing else is named. */
  at: string
}

/** The logins of this user of this machine. */
export interface Logins {
  find(url: string): Promise<Login | undefined>
  /** The one signed in to last. */
  last(): Promise<Login | undefined>
  save(url: string, session: Session): Promise<void>
  remove(url: string): Promise<void>
  /** Gives the token of a login, renewed when it is about to end or was refused; one process renews at a time. */
  tokens(url: string, signin: Pick<Signin, 'refresh'>): TokenSource
}

/** Directory of the user's own settings: `$XDG_CONFIG_HOME/helix`, else `~/.config/helix`. */
export function configHome(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config'), 'helix')
}

/** Opens the logins kept in `directory`; nothing is created before something is saved. */
export function openLogins(directory: string, files: Pick<Files, 'replace' | 'remove'>): Logins {
  const fileOf = (url: string) => join(directory, `login-${digest(new URL(url).origin)}.json`)
  const find = (url: string) => readLogin(fileOf(url))
  const save = (url: string, session: Session, at: string) =>
    files.replace(fileOf(url), `${JSON.stringify({ url: new URL(url).origin, at, ...session })}\n`)

  async function renew(url: string, signin: Pick<Signin, 'refresh'>, refused?: string): Promise<Login> {
    makePrivateFolder(directory)
    return withFileLock(fileOf(url), async () => {
      const login = await find(url)
      if (!login) throw signedOut(url)
      if (login.accessToken !== refused && !endsSoon(login)) return login
      const session = await signin.refresh(login.refreshToken)
      await save(url, session, login.at)
      return { ...login, ...session }
    })
  }

  return {
    find,
    async last() {
      const names = await readdir(directory).catch(() => [])
      const logins = await Promise.all(
        names
          .filter((name) => /^login-\w+\.json$/.test(name))
          .map((name) => readLogin(join(directory, name))),
      )
      return logins.filter((login) => login !== undefined).sort((a, b) => b.at.localeCompare(a.at))[0]
    },
    save: (url, session) => save(url, session, new Date().toISOString()),
    remove: (url) => files.remove(fileOf(url)),
    tokens: (url, signin) => async (refused) => {
      const login = await find(url)
      if (!login) return undefined
      if (login.accessToken !== refused && !endsSoon(login)) return login.accessToken
      return (await renew(url, signin, refused)).accessToken
    },
  }
}

function endsSoon({ expiresAt }: Session): boolean {
  return expiresAt - RENEW_BEFORE_SECONDS < Date.now() / 1000
}

// A file that cannot be read or parsed is no login: signing in again replaces it.
async function readLogin(path: string): Promise<Login | undefined> {
  try {
    const login: Partial<Login> = JSON.parse(await readFile(path, 'utf8'))
    return login.url && login.accessToken && login.refreshToken ? (login as Login) : undefined
  } catch {
    return undefined
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function signedOut(url: string): HelixError {
  return new HelixError('unauthorized', `Not signed in to ${url}`, {
    hint: 'Sign in with `helix login`.',
    next: [`helix login ${url}`],
  })
}
