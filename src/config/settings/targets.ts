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

/** Where the gateway is brought. */
export const gatewayTarget = custom(
  'a target such as `{ type: "ssh", hosts: ["deploy@vps.example.com"] }`',
  z.discriminatedUnion('type', [sshGateway]),
)
