import { createRemoteLog, type RemoteLog } from '../../src/audit/remote-log.ts'
import type { Context } from '../context.ts'

/** The log of the gateway that `--url` names, read as its creator; undefined where none is named. */
export async function namedGateway(context: Context): Promise<(RemoteLog & { url: string }) | undefined> {
  if (context.url === undefined) return undefined
  const { client, url } = await context.gateway()
  return { url, ...createRemoteLog(client.http) }
}
