import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Answered, type Asked, jsonIn, type Listening, listen, Refusal } from './http.ts'

const TOKEN = 'netlify-token-of-a-test'
const SITE = '0d3a9d2f-ef94-4380-93df-27ee400e2048'

const Files = z.record(z.string(), z.string().regex(/^[0-9a-f]{40}$/))
const Create = z.looseObject({
  files: Files.optional(),
  draft: z.boolean().optional(),
  title: z.string().optional(),
  async: z.boolean().optional(),
})

interface Deploy {
  id: string
  title: string | null
  draft: boolean
  state: string
  looks: number
  digests: Record<string, string>
  server: Listening
}

/**
 * Stands for Netlify: takes what its API documents and refuses anything else, and serves what was deployed as
 * `_headers` and `_redirects` in it say. A deploy takes two looks to be ready once it has all its files.
 */
export async function startNetlify() {
  const contents = new Map<string, Buffer>()
  const deploys: Deploy[] = []
  const asked: string[] = []
  let live: Deploy | undefined
  const trouble = { busy: 0, away: 0, bad: false, protects: false, forgets: false }
  const page = await listen(({ path }) =>
    live ? serve(live, path) : { status: 404, body: Buffer.from('Not Found') },
  )
  const api = await listen(async (request) => {
    asked.push(`${request.method} ${request.path}`)
    try {
      if (trouble.away > 0) {
        trouble.away -= 1
        return { status: 502, body: Buffer.from('upstream') }
      }
      if (request.headers.authorization !== `Bearer ${TOKEN}`)
        throw new Refusal(401, '401', 'Access Denied: Invalid token')
      if (trouble.busy > 0) {
        trouble.busy -= 1
        const reset = String(Math.ceil(Date.now() / 1_000))
        return {
          status: 429,
          headers: { 'x-ratelimit-reset': reset },
          json: { code: 429, message: 'Too many requests' },
        }
      }
      return await answer(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, json: { code: error.status, message: error.message } }
    }
  })

  async function answer(request: Asked): Promise<Answered> {
    const { method, path, query } = request
    const inApi = path.replace(/^\/api\/v1/, '')
    if (inApi === path) throw new Refusal(404, '404', 'Not Found')
    const upload = /^\/deploys\/(\w+)\/files\/(.+)$/.exec(inApi)
    if (upload && method === 'PUT')
      return put(found(upload[1]), `/${decodeURIComponent(upload[2] ?? '')}`, request)
    const id = /\/deploys\/(\w+)/.exec(inApi)?.[1]
    const route = `${method} ${inApi.replace(/\/sites\/(0d3a[\w-]+|helix\.netlify\.app)/, '/sites/:site').replace(/\/deploys\/\w+/, '/deploys/:id')}`
    switch (route) {
      case 'GET /user':
        return { status: 200, json: { id: 'u1', email: 'ana@example.com', full_name: 'Ana', slug: 'ana' } }
      case 'GET /accounts':
        return {
          status: 200,
          json: [{ id: 'a1', slug: 'helix', name: 'Helix', default: true, type_name: 'Free' }],
        }
      case 'GET /accounts/helix/env':
        return { status: 200, json: [] }
      case 'GET /sites':
        return {
          status: 200,
          json: [siteNow()].filter(({ name }) => [null, name].includes(query.get('name'))),
        }
      case 'GET /sites/:site':
        return { status: 200, json: siteNow() }
      case 'GET /sites/:site/deploys':
        return { status: 200, json: deploys.toReversed().map(shown) }
      case 'POST /sites/:site/deploys':
        return create(request)
      case 'PUT /sites/:site/deploys/:id':
        return given(found(id), jsonIn(request))
      case 'GET /sites/:site/deploys/:id':
      case 'GET /deploys/:id':
        return { status: 200, json: look(found(id)) }
      case 'POST /sites/:site/deploys/:id/restore':
        return restore(found(id))
      case 'POST /deploys/:id/cancel':
        return { status: 201, json: shown(found(id)) }
      case 'DELETE /deploys/:id':
        return remove(found(id))
      default:
        throw new Refusal(404, '404', `Not Found: ${route}`)
    }
  }

  function siteNow() {
    return {
      id: SITE,
      site_id: SITE,
      name: 'helix',
      account_id: 'a1',
      account_slug: 'helix',
      account_name: 'Helix',
      admin_url: 'https://app.netlify.com/projects/helix',
      url: `http://127.0.0.1:${page.port}`,
      ssl_url: `http://127.0.0.1:${page.port}`,
      build_settings: {},
      published_deploy: live ? shown(live) : null,
    }
  }

  function found(id: string | undefined): Deploy {
    const deploy = deploys.find((each) => each.id === id)
    if (!deploy) throw new Refusal(404, '404', 'Not Found')
    return deploy
  }

  async function create(request: Asked): Promise<Answered> {
    const parsed = Create.safeParse(jsonIn(request))
    if (!parsed.success) throw new Refusal(422, '422', z.prettifyError(parsed.error))
    const { draft = false, title } = parsed.data
    const id = `${(deploys.length + 1).toString(16).padStart(4, '0')}${Math.random().toString(16).slice(2, 10)}`
    const deploy: Deploy = {
      ...{ id, draft, title: title ?? request.query.get('title'), state: 'new', looks: 0, digests: {} },
      server: await listen(({ path }) => (trouble.protects ? { status: 401 } : serve(deploy, path))),
    }
    deploys.push(deploy)
    return given(deploy, parsed.data)
  }

  /** Takes the digests of a deploy: it then waits for what nobody has sent yet. */
  function given(deploy: Deploy, body: Record<string, unknown>): Answered {
    const { files } = Create.parse(body)
    if (files) {
      if (trouble.forgets) contents.clear()
      trouble.forgets = false
      deploy.digests = Object.fromEntries(
        Object.entries(files).map(([path, sha]) => [path.replace(/^\/?/, '/'), sha]),
      )
      deploy.state = required(deploy).length > 0 ? 'uploading' : 'processing'
    }
    // One that was begun as a draft stays one: the command line says `false` later on, and means it so.
    if (body.draft === true) deploy.draft = true
    return { status: 200, json: shown(deploy) }
  }

  function required({ digests }: Deploy): string[] {
    return [...new Set(Object.values(digests))].filter((sha) => !contents.has(sha))
  }

  function put(deploy: Deploy, path: string, { headers, body }: Asked): Answered {
    if (headers['content-type'] !== 'application/octet-stream')
      throw new Refusal(415, '415', 'Files are octet streams')
    const digest = createHash('sha1').update(body).digest('hex')
    if (deploy.digests[path] !== digest) throw new Refusal(422, '422', `${path} is not what was announced`)
    if (contents.has(digest)) throw new Refusal(422, '422', `${path} was not required`)
    contents.set(digest, body)
    if (required(deploy).length === 0) deploy.state = 'processing'
    return { status: 200, json: { id: path, path, sha: digest, size: body.length } }
  }

  function look(deploy: Deploy) {
    if (deploy.state === 'processing') {
      deploy.looks += 1
      if (deploy.looks > 1) deploy.state = trouble.bad ? 'error' : 'ready'
      if (deploy.state === 'error') trouble.bad = false
      if (deploy.state === 'ready' && !deploy.draft) live = deploy
    }
    return shown(deploy)
  }

  function shown(deploy: Deploy) {
    const { id, title, state, draft, server } = deploy
    return {
      ...{ id, title, state, draft, site_id: SITE, name: 'helix' },
      required: state === 'uploading' ? required(deploy) : [],
      required_functions: [],
      error_message: state === 'error' ? 'The deploy was refused' : null,
      url: `http://127.0.0.1:${page.port}`,
      ssl_url: `http://127.0.0.1:${page.port}`,
      admin_url: 'https://app.netlify.com/projects/helix',
      deploy_url: `http://127.0.0.1:${server.port}`,
      deploy_ssl_url: `http://127.0.0.1:${server.port}`,
      summary: { messages: [] },
    }
  }

  function restore(deploy: Deploy): Answered {
    if (deploy.state !== 'ready') throw new Refusal(422, '422', 'It is not ready')
    live = deploy
    deploy.draft = false
    return { status: 201, json: shown(deploy) }
  }

  async function remove(deploy: Deploy): Promise<Answered> {
    if (live === deploy) throw new Refusal(422, '422', 'It is published')
    deploys.splice(deploys.indexOf(deploy), 1)
    await deploy.server.close()
    return { status: 204 }
  }

  function serve({ digests }: Deploy, path: string): Answered {
    const file = (at: string) => contents.get(digests[at === '/' ? '/index.html' : at] ?? '')
    const headers = headersFor(String(file('/_headers') ?? ''), path)
    const hidden = ['/_headers', '/_redirects'].includes(path)
    const content = hidden
      ? undefined
      : (file(path) ?? file(redirected(String(file('/_redirects') ?? ''), path)))
    if (content)
      return {
        status: 200,
        headers: { 'cache-control': 'public,max-age=0,must-revalidate', ...headers },
        body: content,
      }
    return { status: 404, headers, body: Buffer.from('Not Found') }
  }

  return {
    token: TOKEN,
    site: SITE,
    api: `http://127.0.0.1:${api.port}`,
    url: `http://127.0.0.1:${page.port}`,
    trouble,
    asked,
    deployments: deploys,
    live: () => live?.title ?? live?.id,
    async stop() {
      for (const each of [api, page, ...deploys.map(({ server }) => server)]) await each.close()
    },
  }
}

function fits(pattern: string, path: string): boolean {
  const prefix = pattern.replace(/\/\*$/, '')
  return prefix === pattern ? path === pattern : path === prefix || path.startsWith(`${prefix}/`)
}

/** All rules that fit hold; values of one name are joined. */
function headersFor(text: string, path: string): Record<string, string> {
  const headers: Record<string, string> = {}
  let holds = false
  for (const line of text.split('\n')) {
    if (line.startsWith('/')) holds = fits(line.trim(), path)
    const [, name = '', value = ''] = /^\s+([\w-]+):\s*(.*)$/.exec(line) ?? []
    const key = name.toLowerCase()
    if (holds && name !== '') headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  return headers
}

function redirected(text: string, path: string): string {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  return lines.find(([from = '', , status]) => status === '200' && fits(from, path))?.[1] ?? ''
}
