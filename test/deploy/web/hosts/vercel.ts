import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { z } from 'zod'
import { type Answered, type Asked, jsonIn, type Listening, listen, Refusal } from './http.ts'

const TOKEN = 'vercelTokenOfATest24chars'
const TEAM = 'team_helix'

/** What the documentation of `POST /v13/deployments` lets one say, as far as anybody says it here. */
const Create = z.strictObject({
  name: z.string().max(100),
  project: z.string().optional(),
  target: z.enum(['production', 'staging']).nullish(),
  version: z.literal(2).optional(),
  meta: z.record(z.string(), z.string()).optional(),
  autoAssignCustomDomains: z.boolean().optional(),
  source: z.string().optional(),
  public: z.boolean().optional(),
  env: z.record(z.string(), z.string()).optional(),
  build: z.record(z.string(), z.unknown()).optional(),
  regions: z.array(z.string()).optional(),
  gitMetadata: z.unknown().optional(),
  projectSettings: z.record(z.string(), z.unknown()).optional(),
  files: z.array(
    z.union([
      z.strictObject({
        file: z.string(),
        sha: z.string().regex(/^[0-9a-f]{40}$/),
        size: z.number().int(),
        mode: z.number().optional(),
      }),
      z.strictObject({
        file: z.string(),
        data: z.string(),
        encoding: z.enum(['utf-8', 'base64']).optional(),
      }),
    ]),
  ),
})

const Route = z.union([
  z.strictObject({ handle: z.literal('filesystem') }),
  z.strictObject({
    src: z.string(),
    dest: z.string().optional(),
    status: z.number().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    continue: z.boolean().optional(),
  }),
])
const Config = z.looseObject({ version: z.literal(3), routes: z.array(Route).optional() })

interface Deployment {
  id: string
  created: number
  target: string | null
  meta: Record<string, string>
  stages: string[]
  staged: boolean
  wasLive: boolean
  files: Map<string, Buffer>
  server: Listening
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
}

/**
 * Stands for Vercel: takes what its API documents and refuses anything else, and serves what was deployed, with the
 * headers it was told. A deployment takes three looks to be ready; one that was promoted, two.
 */
export async function startVercel() {
  const files = new Map<string, Buffer>()
  const deployments: Deployment[] = []
  const asked: string[] = []
  let live: Deployment | undefined
  let request: { toDeploymentId: string; jobStatus: string; requestedAt: number; type: string } | undefined
  const trouble = { busy: 0, away: 0, bad: undefined as 'ERROR' | undefined, protects: false, forgets: false }

  const page = await listen(({ path }) =>
    live ? serve(live, path) : { status: 404, body: Buffer.from('NOT_FOUND') },
  )
  const api = await listen(async (request) => {
    asked.push(`${request.method} ${request.path}`)
    try {
      if (trouble.away > 0) {
        trouble.away -= 1
        return { status: 503, body: Buffer.from('upstream') }
      }
      authorized(request)
      if (trouble.busy > 0) {
        trouble.busy -= 1
        const reset = String(Math.ceil(Date.now() / 1_000))
        const json = { error: { code: 'rate_limited', message: 'Rate limit exceeded' } }
        return { status: 429, headers: { 'x-ratelimit-reset': reset }, json }
      }
      return await answer(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, code, message, more } = error
      return { status, json: { error: { code, message, ...more } } }
    }
  })

  async function answer(request: Asked): Promise<Answered> {
    const { method, path, query } = request
    const route = `${method} ${path.replace(/\/(dpl_\w+|prj_helix|helix)\b/g, '/:id')}`
    const id = /\/(dpl_\w+)/.exec(path)?.[1]
    switch (route) {
      case 'GET /v2/user':
        return {
          status: 200,
          json: {
            user: {
              id: 'usr_1',
              uid: 'usr_1',
              username: 'ana',
              email: 'ana@example.com',
              name: 'Ana',
              version: 'northstar',
              defaultTeamId: TEAM,
            },
          },
        }
      case `GET /v2/teams/${TEAM}`:
      case `GET /teams/${TEAM}`:
        return { status: 200, json: { id: TEAM, slug: 'helix-team', name: 'Helix' } }
      case 'GET /v1/teams':
      case 'GET /v2/teams':
        return {
          status: 200,
          json: {
            teams: [{ id: TEAM, slug: 'helix-team', name: 'Helix' }],
            pagination: { count: 1, next: null, prev: null },
          },
        }
      case 'GET /v9/projects/:id':
        return { status: 200, json: projectNow() }
      case 'POST /v2/files':
        return upload(request)
      case 'POST /v13/deployments':
        return create(request)
      case 'GET /v6/deployments':
        return list(query)
      case 'GET /v13/deployments/:id':
        return { status: 200, json: look(found(id)) }
      case 'GET /v3/now/deployments/:id/events':
      case 'GET /v3/deployments/:id/events':
      case 'GET /v2/deployments/:id/events':
        return { status: 200, json: [] }
      case 'POST /v10/projects/:id/promote/:id':
        return promote(request, found(id), 'promote')
      case 'POST /v9/projects/:id/rollback/:id':
        if (!found(id).wasLive) throw new Refusal(400, 'bad_request', 'It never was in production')
        return promote(request, found(id), 'rollback')
      case 'DELETE /v13/deployments/:id':
        return remove(found(id))
      default:
        throw new Refusal(404, 'not_found', `Not found: ${route}`)
    }
  }

  function projectNow() {
    const project = {
      id: 'prj_helix',
      name: 'helix',
      accountId: TEAM,
      framework: null,
      targets: live ? { production: { id: live.id } } : {},
      ...(request && { lastAliasRequest: { ...request } }),
    }
    if (request?.jobStatus === 'in-progress') {
      request.jobStatus = 'succeeded'
      const to = found(request.toDeploymentId)
      to.wasLive = true
      live = to
    }
    return project
  }

  function found(id: string | undefined): Deployment {
    const deployment = deployments.find((each) => each.id === id)
    if (!deployment) throw new Refusal(404, 'not_found', 'Deployment not found')
    return deployment
  }

  function upload({ headers, body }: Asked): Answered {
    const digest = headers['x-now-digest'] ?? headers['x-vercel-digest']
    if (digest !== createHash('sha1').update(body).digest('hex'))
      throw new Refusal(400, 'bad_request', 'The digest is not that of the body')
    const size = headers['x-now-size']
    if (size !== undefined && Number(size) !== body.length)
      throw new Refusal(400, 'bad_request', 'The size is not that of the body')
    if (headers['content-type'] !== 'application/octet-stream')
      throw new Refusal(400, 'bad_request', 'Files are octet streams')
    files.set(String(digest), body)
    return { status: 200, json: {} }
  }

  async function create(request: Asked): Promise<Answered> {
    const parsed = Create.safeParse(jsonIn(request))
    if (!parsed.success) throw new Refusal(400, 'bad_request', z.prettifyError(parsed.error))
    if (trouble.forgets) files.clear()
    trouble.forgets = false
    const { files: listed, target = null, meta = {}, autoAssignCustomDomains = true } = parsed.data
    const missing = listed.flatMap((file) => ('sha' in file && !files.has(file.sha) ? [file.sha] : []))
    if (missing.length > 0)
      throw new Refusal(400, 'missing_files', 'Missing files', { missing: [...new Set(missing)] })
    const contents = new Map<string, Buffer>()
    for (const file of listed) {
      if (file.file.startsWith('/') || file.file.includes('..'))
        throw new Refusal(400, 'bad_request', `Bad path ${file.file}`)
      const content =
        'sha' in file
          ? files.get(file.sha)
          : Buffer.from(file.data, file.encoding === 'base64' ? 'base64' : 'utf8')
      if ('sha' in file && content?.length !== file.size)
        throw new Refusal(400, 'bad_request', `Size of ${file.file} is wrong`)
      if (content) contents.set(file.file, content)
    }
    const config = contents.get('.vercel/output/config.json')
    if (request.query.get('prebuilt') !== '1' || !config)
      throw new Refusal(400, 'bad_request', 'Only what is built already is taken here')
    const valid = Config.safeParse(JSON.parse(config.toString()))
    if (!valid.success) throw new Refusal(400, 'invalid_config', z.prettifyError(valid.error))
    const id = `dpl_${deployments.length + 1}x${Math.random().toString(36).slice(2, 8)}`
    const deployment: Deployment = {
      ...{ id, target: target ?? null, meta, files: contents },
      created: Date.now(),
      stages: ['QUEUED', 'BUILDING', trouble.bad ?? 'READY'],
      staged: !autoAssignCustomDomains,
      wasLive: false,
      server: await listen(({ path, headers }) =>
        trouble.protects && headers['x-vercel-protection-bypass'] !== 'let-me-in'
          ? { status: 302, headers: { location: 'https://vercel.com/sso-api?url=x' } }
          : serve(deployment, path),
      ),
    }
    trouble.bad = undefined
    deployments.push(deployment)
    return { status: 200, json: look(deployment) }
  }

  function look(deployment: Deployment) {
    const { id, created, meta, stages, target, server } = deployment
    const [readyState = 'READY'] = stages
    if (stages.length > 1) stages.shift()
    if (readyState === 'READY' && target === 'production' && !deployment.staged && !deployment.wasLive) {
      deployment.wasLive = true
      live = deployment
    }
    return {
      ...{ id, uid: id, name: 'helix', meta, target, readyState, status: readyState, createdAt: created },
      url: `127.0.0.1:${server.port}`,
      inspectorUrl: `https://vercel.com/helix/${id}`,
      projectId: 'prj_helix',
      project: { id: 'prj_helix', name: 'helix' },
      ownerId: TEAM,
      team: { id: TEAM, slug: 'helix-team', name: 'Helix' },
      alias: [],
      aliasAssigned: readyState === 'READY',
      public: false,
      version: 2,
      ...(readyState === 'ERROR' && { errorMessage: 'The build was refused' }),
    }
  }

  function list(query: URLSearchParams): Answered {
    if (query.get('projectId') !== 'prj_helix') throw new Refusal(400, 'bad_request', 'Of which project?')
    const state = query.get('state')
    const target = query.get('target')
    const shown = deployments
      .filter((each) => (!state || each.stages[0] === state) && (!target || each.target === target))
      .map(({ id, created, meta, target, stages }) => ({ uid: id, created, meta, target, state: stages[0] }))
    const pagination = { count: shown.length, next: null, prev: null }
    return { status: 200, json: { deployments: shown.toReversed(), pagination } }
  }

  function promote(asked: Asked, deployment: Deployment, type: string): Answered {
    jsonIn(asked)
    if (deployment.target !== 'production' || deployment.stages[0] !== 'READY')
      throw new Refusal(400, 'bad_request', 'It is no production deployment that is ready')
    if (live?.id === deployment.id) throw new Refusal(409, 'conflict', 'It is in production already')
    request = { toDeploymentId: deployment.id, jobStatus: 'in-progress', requestedAt: Date.now(), type }
    return { status: 201, json: {} }
  }

  async function remove(deployment: Deployment): Promise<Answered> {
    deployments.splice(deployments.indexOf(deployment), 1)
    await deployment.server.close()
    if (live === deployment) live = undefined
    return { status: 200, json: { uid: deployment.id, state: 'DELETED' } }
  }

  return {
    token: TOKEN,
    team: TEAM,
    api: `http://127.0.0.1:${api.port}`,
    /** The address of production. */
    url: `http://127.0.0.1:${page.port}`,
    trouble,
    asked,
    deployments,
    live: () => live?.meta.helixRelease ?? live?.id,
    async stop() {
      for (const each of [api, page, ...deployments.map(({ server }) => server)]) await each.close()
    },
  }
}

function authorized({ headers }: Asked): void {
  if (headers.authorization !== `Bearer ${TOKEN}`)
    throw new Refusal(403, 'forbidden', 'Not authorized', { invalidToken: true })
}

/** Serves as the Build Output API says: routes in order, those that go on adding headers, then the files. */
function serve({ files }: Deployment, path: string): Answered {
  const config = Config.parse(JSON.parse(String(files.get('.vercel/output/config.json'))))
  const headers: Record<string, string> = { 'cache-control': 'public, max-age=0, must-revalidate' }
  const file = (at: string) => files.get(`.vercel/output/static${at === '/' ? '/index.html' : at}`)
  for (const route of config.routes ?? []) {
    if ('handle' in route) {
      const content = file(path)
      if (content) return sent(path, content, headers)
    } else if (new RegExp(route.src).test(path)) {
      for (const [name, value] of Object.entries(route.headers ?? {})) headers[name.toLowerCase()] = value
      const content = route.dest ? file(route.dest) : undefined
      if (content) return sent(route.dest ?? path, content, headers)
    }
  }
  const content = file(path)
  return content ? sent(path, content, headers) : { status: 404, headers, body: Buffer.from('NOT_FOUND') }
}

function sent(path: string, body: Buffer, headers: Record<string, string>): Answered {
  return { status: 200, headers: { 'content-type': TYPES[extname(path)] ?? 'text/html', ...headers }, body }
}
