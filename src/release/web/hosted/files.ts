import { HelixError } from '../../../errors.ts'
import { keptAssets, type Page, sha1Of } from '../page.ts'
import { askUrl } from '../public.ts'

/** A file as hosts know it: by the digest of its bytes, which are sent only where a host lacks them. */
export interface HostedFile {
  path: string
  sha1: string
  size: number
  content(): Promise<Buffer>
}

/** Compressed forms are made by the hosts themselves, and what tells other hosts of headers says them nothing. */
const NOT_FOR_HOSTS = /\.(br|gz)$|^(nginx\.conf|vercel\.json)$/

/**
 * The files of a page for a host, with the assets it is to keep.
 * @param url where the page that serves now has these assets, for a host that has forgotten them
 */
export function hostedFiles(page: Page, url: string): HostedFile[] {
  const own = [...page.files].map(([path, content]) => ({
    path,
    sha1: sha1Of(content),
    size: content.length,
    content: async () => content,
  }))
  const kept = Object.entries(keptAssets(page)).map(([path, { sha1, size }]) => ({
    path,
    sha1,
    size,
    content: () => fetched(`${url}/${path}`, sha1),
  }))
  return [...own, ...kept].filter(({ path }) => !NOT_FOR_HOSTS.test(path))
}

async function fetched(url: string, sha1: string): Promise<Buffer> {
  const { status, body } = await askUrl(url)
  if (status === 200 && sha1Of(body) === sha1) return body
  throw new HelixError('host_failed', `${url} is to be kept for open tabs, and is not there any more`, {
    hint: 'Was the page brought by other means in between? Bring it once by those, without release.json.',
  })
}

/** Runs `act` for each, a few at a time. */
export async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const workers = Array.from({ length: 4 }, async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item)
  })
  await Promise.all(workers)
}
