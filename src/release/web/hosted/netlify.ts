import { z } from 'zod'
import { HelixError } from '../../../errors.ts'
import type { HostApi } from '../../../host-api.ts'
import { RELEASE_ID } from '../../id.ts'
import type { PageHost } from '../host.ts'
import { PageNote } from '../page.ts'
import { askUrl } from '../public.ts'
import { eachOf, hostedFiles } from './files.ts'
import { isProtected, untilThere } from './wait.ts'

export const NETLIFY = 'https://api.netlify.com'

interface NetlifySite {
  api: HostApi
  /** Its id, or its name at Netlify: `helix.netlify.app`. */
  site: string
  /** The address people open. */
  url: string
  everyMs?: number
}

const Deploy = z.object({
  id: z.string(),
  state: z.string(),
  title: z.string().nullish(),
  error_message: z.string().nullish(),
  required: z.array(z.string()).nullish(),
  deploy_ssl_url: z.string().nullish(),
  deploy_url: z.string().nullish(),
})
type Deploy = z.infer<typeof Deploy>
const Site = z.object({ id: z.string(), published_deploy: Deploy.nullish() })

const READY_MS = 300_000
const EVERY_MS = 1_000

/** A site of Netlify, through its API: files by digest, a draft, then published. */
export function netlifyHost({ api, site: given, url, everyMs = EVERY_MS }: NetlifySite): PageHost {
  const patience = { signal: api.signal, everyMs, withinMs: READY_MS }
  const site = async () => Site.parse((await api.call(`/api/v1/sites/${encodeURIComponent(given)}`)).json)
  const deploys = async (siteId: string) =>
    z.array(Deploy).parse((await api.call(`/api/v1/sites/${siteId}/deploys?per_page=100`)).json)
  /** The deploy of a release, or of what served before the first of ours; one that failed is none. */
  const find = async (siteId: string, release: string) =>
    (await deploys(siteId)).find(
      ({ id, title, state }) => (title === release || id === release) && state !== 'error',
    )

  async function untilState(siteId: string, id: string, state: string): Promise<Deploy> {
    return untilThere(
      `Deploy ${id}`,
      async () => {
        const found = Deploy.parse((await api.call(`/api/v1/sites/${siteId}/deploys/${id}`)).json)
        if (found.state === 'error')
          throw new HelixError('deploy_failed', `Netlify could not make ${id} ready`, {
            ...(found.error_message && { hint: found.error_message }),
          })
        return found.state === state ? found : undefined
      },
      patience,
    )
  }

  async function switchTo(release: string): Promise<void> {
    const { id: siteId, published_deploy: published } = await site()
    const found = await find(siteId, release)
    if (!found) throw gone(release)
    if (published?.id === found.id) return
    const path = `/api/v1/sites/${siteId}/deploys/${found.id}/restore`
    await api.call(path, { method: 'POST', again: true })
    await untilThere(
      `The switch to ${release}`,
      async () => ((await site()).published_deploy?.id === found.id ? true : undefined),
      patience,
    )
  }

  return {
    async look() {
      const { id, published_deploy: published } = await site()
      const releases = (await deploys(id)).filter(({ state }) => state === 'ready').flatMap(releaseOf)
      const [current = published?.id ?? null] = published ? releaseOf(published) : []
      return { serving: [{ from: 'Netlify', release: current }], releases: [...new Set(releases)].sort() }
    },
    async note() {
      const { status, body } = await askUrl(`${url}/release.json`, { signal: api.signal })
      return status === 200 ? PageNote.safeParse(jsonOf(body)).data : undefined
    },
    async accepts() {
      await site()
    },
    async bring(page) {
      const { id: siteId } = await site()
      const files = hostedFiles(page, url)
      const there = await find(siteId, page.release)
      if (there?.state === 'ready') return undefined
      const digests = Object.fromEntries(files.map(({ path, sha1 }) => [`/${path}`, sha1]))
      const json = { files: digests, draft: true, title: page.release }
      const made = Deploy.parse(
        (await api.call(`/api/v1/sites/${siteId}/deploys`, { method: 'POST', json })).json,
      )
      const required = new Set(made.required ?? [])
      await eachOf(
        files.filter(({ sha1 }) => required.delete(sha1)),
        async ({ path, content }) => {
          const headers = { 'content-type': 'application/octet-stream' }
          const named = path.split('/').map(encodeURIComponent).join('/')
          const body = await content()
          await api.call(`/api/v1/deploys/${made.id}/files/${named}`, { method: 'PUT', body, headers })
        },
      )
      await untilState(siteId, made.id, 'ready')
      return `${made.id} is ready`
    },
    async drop(release) {
      const { id: siteId, published_deploy: published } = await site()
      const all = (await deploys(siteId)).filter(({ title, id }) => title === release && id !== published?.id)
      for (const { id } of all) await api.call(`/api/v1/deploys/${id}`, { method: 'DELETE', also: [404] })
    },
    async ask(release, path) {
      const found = await find((await site()).id, release)
      if (!found) throw gone(release)
      const base = found.deploy_ssl_url ?? found.deploy_url
      if (!base) return undefined
      const answer = await askUrl(`${base}${path}`, { signal: api.signal })
      return isProtected(answer) ? undefined : [{ from: 'Netlify', answer }]
    },
    switchTo,
    switchBack: switchTo,
    async switchOff(release) {
      const { published_deploy: published } = await site()
      if (published?.title !== release) return
      throw new HelixError('host_failed', `Netlify still serves ${release}`, {
        hint: 'Netlify cannot go back to publishing nothing. Publish another deploy there, or delete the site.',
      })
    },
    async keepOnly(releases) {
      const { id, published_deploy: published } = await site()
      for (const each of await deploys(id)) {
        const [release] = releaseOf(each)
        if (release && !releases.includes(release) && each.id !== published?.id)
          await api.call(`/api/v1/deploys/${each.id}`, { method: 'DELETE', also: [404] })
      }
    },
    async plan(page) {
      const files = hostedFiles(page, url)
      return {
        bring: [
          {
            where: 'Netlify',
            command: `POST /api/v1/sites/${given}/deploys: ${files.length} files by digest, as a draft\nPUT /api/v1/deploys/<deploy>/files/…: those it lacks`,
          },
        ],
        switchTo: [{ where: 'Netlify', command: `POST /api/v1/sites/${given}/deploys/<deploy>/restore` }],
      }
    },
  }
}

function gone(release: string): HelixError {
  return new HelixError('host_failed', `${release} is not at Netlify any more`)
}

/** Which release of ours a deploy is, if it is any. */
function releaseOf({ title }: Deploy): string[] {
  return title && RELEASE_ID.test(title) && /^\d{8}T\d{6}Z/.test(title) ? [title] : []
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
