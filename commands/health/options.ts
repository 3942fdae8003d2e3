import { z } from 'zod'
import { gatewayOrigin } from '../../src/client/node/gateway.ts'
import { option } from '../define.ts'

/** Who is asked; commands about health take this. */
export const hostOption = option(
  '--host <address...>',
  'gateways to ask, instead of those of the configuration',
  z.array(z.string().transform(gatewayOrigin)).default([]),
)
