import { z } from 'zod'
import type { Secret } from '../../../config/secret.ts'
import { HelixError } from '../../../errors.ts'
import type { HostApi } from '../../../host-api.ts'
import { vercelConfig } from '../../../web/hosts.ts'
import type { PageHost } from '../host.ts'
import { type Page, PageNote } from '../page.ts'
import { askUrl } from '../public.ts'
import { eachOf, type HostedFile, hostedFiles } from './files.ts'
import { isProtected, untilThere } from './wait.ts'

export const VERCEL = 'https://api.vercel.com'

interface VercelProject {
  api: HostApi
  /** Its id or name. */
  project: string
  /** Id or name of the team, where it belongs to one. */
  team?: string
  /** The address people open. */
  url: string
  /** Protocol of the addresses of single deployments. */
  protocol: string
  /** Lets what is protected be asked. */
  bypass?: Secret
  everyMs?: number
}

const Deployment = z.object({
  id: z.string(),
  url: z.string(),
  readyState: z.string(),
  createdAt: z.number(),
  errorMessage: z.string().nullish(),
  meta: z.record(z.string(), z.string()).default({}),
})
type Deployment = z.infer<typeof Deployment>
const Listed = z.object({
  deployments: z.array(
    z
      .object({ uid: z.string(), created: z.number(), meta: z.record(z.string(), z.string()).default({}) })
      .transform(({ uid, created, meta }) => ({ id: uid, created, release: meta.helixRelease })),
  ),
})
const Project = z.object({
  id: z.string(),
  name: z.string(),
  targets: z.object({ production: z.object({ id: z.string() }).nullish() }).nullish(),
  lastAliasRequest: z.object({ toDeploymentId: z.string(), jobStatus: z.string() }).nullish(),
})
const Missing = z.object({
  error: z.object({ code: z.literal('missing_files'), missing: z.array(z.string()) }),
})

const READY_MS = 300_000
const EVERY_MS = 1_000

/** A project of Vercel, through its API: files by digest, a deployment that is staged, then promoted. */
export function vercelHost(given: VercelProject): PageHost {
  const { api, url, protocol, bypass, everyMs = EVERY_MS } = given
  const at = (path: string, query: Record<string, string> = {}) => {
    const of = given.team?.startsWith('team_') ? 'teamId' : 'slug'
    const search = new URLSearchParams({ ...(given.team && { [of]: given.team }), ...query }).toString()
    return search === '' ? path : `${path}?${search}`
  }
  const patience = { signal: api.signal, everyMs, withinMs: READY_MS }
  const project = async () =>
    Project.parse((await api.call(at(`/v9/projects/${encodeURIComponent(given.project)}`))).json)
  const deployment = async (id: string) =>
    Deployment.parse((await api.call(at(`/v13/deployments/${encodeURIComponent(id)}`))).json)
  const ours = async (projectId: string, state?: string) => {
    const query = { projectId, target: 'production', limit: '100', ...(state && { state }) }
    return Listed.parse((await api.call(at('/v6/deployments', query))).json).deployments
  }
  /** The deployment of a release, or of what served before the first of ours. */
  const find = async (projectId: string, release: string) =>
    (await ours(projectId)).find((each) => each.release === release || each.id === release)

  async function create(name: string, page: Page, files: readonly HostedFile[]): Promise<string> {
    const body = deploymentOf(name, page, files)
    const query = { skipAutoDetectionConfirmation: '1', prebuilt: '1', forceNew: '1' }
    for (let rounds = 0; ; rounds += 1) {
      const { status, json } = await api.call(at('/v13/deployments', query), {
        method: 'POST',
        json: body,
        also: [400],
      })
      const missing = Missing.safeParse(json).data?.error.missing
      if (status !== 400) return z.object({ id: z.string() }).parse(json).id
      if (!missing || rounds > 0) throw refusedDeployment(json)
      await eachOf(files.filter(once(missing)), async ({ sha1, size, content }) => {
        const headers = {
          'content-type': 'application/octet-stream',
          'x-now-digest': sha1,
          'x-now-size': String(size),
        }
        await api.call(at('/v2/files'), { method: 'POST', body: await content(), headers, again: true })
      })
    }
  }

  async function untilReady(id: string): Promise<Deployment> {
    return untilThere(
      `Deployment ${id}`,
      async () => {
        const found = await deployment(id)
        if (['ERROR', 'CANCELED'].includes(found.readyState))
          throw new HelixError('deploy_failed', `Vercel could not make ${id} ready: ${found.readyState}`, {
            ...(found.errorMessage && { hint: found.errorMessage }),
          })
        return found.readyState === 'READY' ? found : undefined
      },
      patience,
    )
  }

  async function switchTo(release: string): Promise<void> {
    const { id: projectId, targets } = await project()
    const serving = targets?.production?.id
    const found = await find(projectId, release)
    if (!found) throw gone(release)
    if (serving === found.id) return
    const now = serving === undefined ? undefined : await deployment(serving)
    // Vercel tells apart what goes forward from what goes back, and says so to whoever looks.
    const back = now !== undefined && found.created < now.createdAt
    const act = back ? `/v9/projects/${projectId}/rollback` : `/v10/projects/${projectId}/promote`
    await api.call(at(`${act}/${found.id}`), { method: 'POST', json: {}, again: true })
    await untilThere(
      `The switch to ${release}`,
      async () => {
        const { targets: now, lastAliasRequest } = await project()
        const request = lastAliasRequest?.toDeploymentId === found.id ? lastAliasRequest.jobStatus : undefined
        if (request === 'failed')
          throw new HelixError('host_failed', `Vercel could not send requests to ${release}`)
        return now?.production?.id === found.id && request !== 'in-progress' && request !== 'pending'
          ? true
          : undefined
      },
      patience,
    )
  }

  return {
    async look() {
      const { id, targets } = await project()
      const listed = await ours(id, 'READY')
      const serving = targets?.production?.id
      const known = listed.find((each) => each.id === serving)?.release
      const releases = listed.flatMap(({ release }) => release ?? []).sort()
      return { serving: [{ from: 'Vercel', release: known ?? serving ?? null }], releases }
    },
    async note() {
      const { status, body } = await askUrl(`${url}/release.json`, { signal: api.signal })
      return status === 200 ? PageNote.safeParse(jsonOf(body)).data : undefined
    },
    async accepts() {
      await project()
    },
    async bring(page) {
      const { id: projectId, name } = await project()
      const there = await find(projectId, page.release)
      const id = there?.id ?? (await create(name, page, hostedFiles(page, url)))
      return `${id} is ready at ${(await untilReady(id)).url}`
    },
    async drop(release) {
      const found = await find((await project()).id, release)
      if (found) await api.call(at(`/v13/deployments/${found.id}`), { method: 'DELETE', also: [404] })
    },
    async ask(release, path) {
      const found = await find((await project()).id, release)
      if (!found) throw gone(release)
      const asked = `${protocol}//${(await deployment(found.id)).url}${path}`
      const headers = bypass && { 'x-vercel-protection-bypass': bypass.reveal() }
      const answer = await askUrl(asked, { signal: api.signal, ...(headers && { headers }) })
      return isProtected(answer) ? undefined : [{ from: 'Vercel', answer }]
    },
    switchTo,
    switchBack: switchTo,
    // A project without production deployment serves nothing; `drop` sees to that.
    async switchOff() {},
    async keepOnly(releases) {
      const { id, targets } = await project()
      for (const each of await ours(id, 'READY'))
        if (each.release && !releases.includes(each.release) && each.id !== targets?.production?.id)
          await api.call(at(`/v13/deployments/${each.id}`), { method: 'DELETE', also: [404] })
    },
    async plan(page) {
      const files = hostedFiles(page, url)
      return {
        bring: [
          {
            where: 'Vercel',
            command: `POST /v13/deployments: ${files.length} files by digest\nPOST /v2/files: those it lacks`,
          },
        ],
        switchTo: [{ where: 'Vercel', command: `POST /v10/projects/${given.project}/promote/<deployment>` }],
      }
    },
  }
}

function gone(release: string): HelixError {
  return new HelixError('host_failed', `${release} is not at Vercel any more`)
}

function deploymentOf(name: string, page: Page, files: readonly HostedFile[]) {
  const config = outputConfig(page)
  return {
    name,
    project: name,
    target: 'production',
    version: 2,
    meta: { helixRelease: page.release },
    // Staged: it gets the domains of production once it is promoted.
    autoAssignCustomDomains: false,
    projectSettings: { framework: null },
    files: [
      ...files.map(({ path, sha1, size }) => ({ file: `.vercel/output/static/${path}`, sha: sha1, size })),
      { file: '.vercel/output/config.json', data: config, encoding: 'utf-8' },
    ],
  }
}

/** The same headers and addresses as `vercel.json`, in the words of what is built already (Build Output API 3). */
function outputConfig({ rules }: Page): string {
  const { headers, rewrites } = vercelConfig(rules)
  return JSON.stringify({
    version: 3,
    routes: [
      ...headers.map(({ source, headers: sent }) => ({
        src: `^${source}$`,
        headers: Object.fromEntries(sent.map(({ key, value }) => [key, value])),
        continue: true,
      })),
      { handle: 'filesystem' },
      ...rewrites.map(({ source, destination }) => ({ src: `^${source}$`, dest: destination })),
    ],
  })
}

/** Picks, of files with the same bytes, one. */
function once(wanted: readonly string[]): (file: HostedFile) => boolean {
  const left = new Set(wanted)
  return ({ sha1 }) => left.delete(sha1)
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function refusedDeployment(json: unknown): HelixError {
  const { error } = (json ?? {}) as { error?: { message?: string; code?: string } }
  return new HelixError('host_failed', `Vercel refuses the deployment: ${error?.code ?? 'no reason given'}`, {
    ...(error?.message && { hint: error.message }),
  })
}
