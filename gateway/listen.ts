import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { HelixError } from '../src/errors.ts'
import { type Answered, followAnswers } from './answering.ts'
import { type ConnectionLimits, guardConnections } from './connections.ts'
import type { GatewayEnv } from './env.ts'

/**
 * A TCP address, or the path of a Unix socket; over an `owner` socket every caller is the creator. Another socket is open
 * to its group, too, which in a directory with the setgid bit is that of the directory: so a proxy can be let in.
 */
export type Where = { port: number; host: string } | { path: string; owner: boolean }

export interface Listener {
  /** `http://host:port`, or the socket's path. */
  readonly address: string
  /** Tells when what is asked here at the moment has been answered. */
  readonly answered: Answered
  /** Takes no new connections and ends idle ones; after `graceMs` the rest are cut. */
  close(graceMs: number): Promise<void>
}

const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  /** From the first byte of a request to the last of its body: 2 MiB at 70 kB/s. How long an answer takes has no limit. */
  requestTimeout: 30_000,
  /** Longer than the 60 s for which proxies usually keep an unused connection, so that they close it first. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
}

/**
 * Serves the app at one place.
 * @throws HelixError `port_taken` when another process has it
 */
export async function listen(
  app: Hono<GatewayEnv>,
  where: Where,
  limits: ConnectionLimits & { server?: ServerOptions },
): Promise<Listener> {
  const unixSocket = 'path' in where
  const owner = unixSocket && where.owner
  const handle = getRequestListener((request, bindings) =>
    app.fetch(request, { ...bindings, owner, unixSocket }),
  )
  const server = createServer({ ...SERVER_OPTIONS, ...limits.server }, handle)
  const answering = followAnswers(server)
  guardConnections(server, limits, answering)
  if ('path' in where) await removeStaleSocket(where.path)
  await bind(server, where)
  if ('path' in where) await chmod(where.path, where.owner ? 0o600 : 0o660)
  return {
    address: 'path' in where ? where.path : addressOf(server.address() as AddressInfo, where.host),
    answered: answering.answered,
    close: (graceMs) => close(server, graceMs),
  }
}

function bind(server: Server, where: Where): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, where)))
    server.listen(where, () => resolve())
  })
}

function cannotListen(error: NodeJS.ErrnoException, where: Where): HelixError {
  const place = 'path' in where ? where.path : `${where.host}:${where.port}`
  if (error.code === 'EADDRINUSE') {
    return new HelixError('port_taken', `${place} is taken by another process`, {
      hint: 'Stop that process, or choose another with --port (0 picks a free one).',
    })
  }
  return new HelixError('precondition_failed', `Cannot listen on ${place}: ${error.code ?? error.message}`, {
    hint: 'Choose an address of this machine and a port you may open.',
    cause: error,
  })
}

/** A socket file outlives a killed process: it goes when nobody answers behind it. */
async function removeStaleSocket(path: string): Promise<void> {
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
  if (!answered) await rm(path, { force: true })
}

function addressOf({ port }: AddressInfo, host: string): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
