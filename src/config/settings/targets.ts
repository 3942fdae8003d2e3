import { z } from 'zod'
import { custom } from './kind.ts'

const folder = z.string().regex(/^[\w./-]+$/)
const port = z.int().min(1).max(65_535)

/** How to reach a machine: `user@host`, or an alias of the SSH configuration. */
const machine = z.string().regex(/^[\w.-]+(@[\w.-]+)?$/)
const ssh = {
  hosts: z.array(machine).min(1),
  port: port.optional(),
  identityFile: z.string().min(1).optional(),
  knownHostsFile: z.string().min(1).optional(),
}

const sshGateway = z.strictObject({ type: z.literal('ssh'), ...ssh, folder: folder.default('helix') })
const pm2Gateway = z.strictObject({ type: z.literal('pm2'), ...ssh, folder: folder.default('helix') })
const dockerGateway = z.strictObject({
  type: z.literal('docker'),
  ...ssh,
  folder: folder.default('helix'),
  /** A registry, and a path in it; without one the image itself is brought. */
  registry: z
    .string()
    .regex(/^[\w.-]+(:\d+)?(\/[a-z0-9._-]+)*$/)
    .optional(),
  network: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  memory: z
    .string()
    .regex(/^\d+[bkmg]$/)
    .optional(),
  cpus: z.number().positive().optional(),
})

/** Where the gateway is brought, and what it runs under there. */
export const gatewayTarget = custom(
  'a target such as `{ type: "ssh", hosts: ["deploy@vps.example.com"] }`, of type `ssh`, `docker` or `pm2`',
  z.discriminatedUnion('type', [sshGateway, dockerGateway, pm2Gateway]),
)

/** Where people open a page, where that is not `https://` and its name under `domains`. */
const url = z.url({ protocol: /^https?$/ }).optional()
/** Another address of a host's API, for what stands before it. */
const api = z.url({ protocol: /^https?$/ }).optional()

const staticPage = (folderName: string) =>
  z.strictObject({ type: z.literal('static'), ...ssh, folder: folder.default(folderName), url })
const vercelPage = z.strictObject({
  type: z.literal('vercel'),
  project: z.string().regex(/^[\w-]+$/),
  team: z
    .string()
    .regex(/^[\w-]+$/)
    .optional(),
  url,
  api,
})
const netlifyPage = z.strictObject({
  type: z.literal('netlify'),
  site: z.string().regex(/^[\w.-]+$/),
  url,
  api,
})

/** Where a page is brought. @param folderName of its releases, on machines of ours */
export const pageTarget = (folderName: string) =>
  custom(
    'a target such as `{ type: "static", hosts: ["deploy@vps.example.com"] }`, `{ type: "vercel", project: "helix" }` or `{ type: "netlify", site: "helix.netlify.app" }`',
    z.discriminatedUnion('type', [staticPage(folderName), vercelPage, netlifyPage]),
  )
