import { z } from 'zod'
import { gatewayOrigin } from '../../src/client/node/gateway.ts'
import { option } from '../define.ts'

/** Where maintenance is kept and who is asked about it; every verb takes these. */
export const placeOptions = {
  file: option(
    '--file [path]',
    'set it in the file that gateways of this machine watch, without a database',
    z.union([z.string().min(1), z.literal(true)]).optional(),
  ),
  host: option(
    '--host <address...>',
    'address at which one gateway is asked by itself whether it has it',
    z.array(z.string().transform(gatewayOrigin)).default([]),
  ),
  wait: option(
    '--wait <seconds>',
    'how long the gateways may take',
    z.coerce.number().min(0).max(600).default(5),
  ),
}

/** What those options came to. */
export interface PlaceInput {
  file: string | true | undefined
  host: readonly string[]
  wait: number
}
