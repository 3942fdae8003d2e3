import { connect, type Socket } from 'node:net'
import { HelixError } from '../../errors.ts'
import type { Database } from '../database.ts'
import { databaseClosed } from '../database-errors.ts'
import { readFrames, sendFrame } from './frames.ts'
import { type OperationName, type Operations, type ServerFrame, unpackFailure } from './protocol.ts'

/** Asks the owner one thing; rejects with what it failed with there. */
export type Ask = <K extends OperationName>(
  op: K,
  ask: Operations[K]['ask'],
) => Promise<Operations[K]['answer']>

/** A connection to the owner: questions with their answers, and notifications between them. */
export interface Link {
  ask: Ask
  listen: Database['listen']
  close(): Promise<void>
}

interface Pending {
  resolve(value: unknown): void
  reject(reason: Error): void
}

/** @throws HelixError `database_unreachable` when nothing answers at the socket. */
export async function openLink(socketPath: string): Promise<Link> {
  const socket = await connected(socketPath)
  const pending = new Map<number, Pending>()
  const listeners = new Map<
    number,
    { onNotify: (payload: string) => void; onGap: (() => void) | undefined }
  >()
  let lastId = 0
  let over: HelixError | undefined

  function end(why: HelixError): void {
    over ??= why
    for (const { reject } of pending.values()) reject(over)
    pending.clear()
  }

  function settle(id: number, finish: (call: Pending) => void): void {
    const call = pending.get(id)
    pending.delete(id)
    if (call) finish(call)
  }

  readFrames(socket, (value) => {
    const frame = value as ServerFrame
    if ('listener' in frame) listeners.get(frame.listener)?.onNotify(frame.payload)
    else if ('gap' in frame) listeners.get(frame.gap)?.onGap?.()
    else if ('failure' in frame) settle(frame.id, ({ reject }) => reject(unpackFailure(frame.failure)))
    else settle(frame.id, ({ resolve }) => resolve(frame.value))
  })
  socket.on('error', () => {})
  socket.once('close', () => end(ownerGone(socketPath)))

  const ask: Ask = (op, request) => {
    if (over) return Promise.reject(over)
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve: (value) => resolve(value as Operations[typeof op]['answer']), reject })
      sendFrame(socket, { id, op, ...request })
    })
  }

  return {
    ask,
    async listen(channel, onNotify, onGap) {
      lastId += 1
      const listener = lastId
      listeners.set(listener, { onNotify, onGap })
      const handle = await ask('listen', { channel, listener })
      return async () => {
        listeners.delete(listener)
        await ask('unlisten', { handle }).catch(() => {})
      }
    },
    async close() {
      end(databaseClosed())
      if (socket.destroyed) return
      await new Promise((resolve) => socket.once('close', resolve).end())
    },
  }
}

function connected(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => {
      socket.off('error', fail)
      resolve(socket)
    })
    const fail = (cause: Error) => reject(ownerGone(socketPath, cause))
    socket.once('error', fail)
  })
}

function ownerGone(socketPath: string, cause?: Error): HelixError {
  return new HelixError(
    'database_unreachable',
    `The process that owns the embedded database does not answer at ${socketPath}`,
    {
      hint: 'It may have just stopped. Run this again, or start it with `helix up`.',
      next: ['helix up'],
      cause,
    },
  )
}
