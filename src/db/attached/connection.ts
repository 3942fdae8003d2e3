import type { Socket } from 'node:net'
import { HelixError } from '../../errors.ts'
import type { Database } from '../database.ts'
import { readFrames, sendFrame } from './frames.ts'
import {
  type Held,
  type HeldBulk,
  type HeldTransaction,
  holdBulk,
  holdLock,
  holdTransaction,
} from './held.ts'
import { type ClientFrame, packFailure, type ServerFrame } from './protocol.ts'

/** Serves one client; all it holds is given up the moment its connection ends, however that happens. */
export function serveConnection(db: Database, socket: Socket): void {
  const held = new Map<number, Held>()
  let lastHandle = 0
  let gone = false

  const send = (frame: ServerFrame) => {
    if (!gone) sendFrame(socket, frame)
  }

  function keep(thing: Held): number {
    if (gone) thing.giveUp()
    lastHandle += 1
    held.set(lastHandle, thing)
    return lastHandle
  }

  function find<T extends Held>(handle: number, part: keyof T): T {
    const thing = held.get(handle)
    if (!thing || !(part in thing)) throw new HelixError('internal', `Nothing is open under ${handle}`)
    return thing as T
  }

  /** Hands over what is being ended: from then on nobody else will. */
  function take<T extends Held>(handle: number, part: keyof T): T {
    const thing = find<T>(handle, part)
    held.delete(handle)
    return thing
  }

  async function listen(channel: string, listener: number): Promise<number> {
    const stop = db.listen(
      channel,
      (payload) => send({ listener, payload }),
      () => send({ gap: listener }),
    )
    const handle = keep({ giveUp: () => void stop.then((end) => end()).catch(() => {}) })
    await stop
    return handle
  }

  async function answer(frame: ClientFrame): Promise<unknown> {
    switch (frame.op) {
      case 'query':
        return db.query(frame.sql, frame.params)
      case 'script':
        return db.scriptOutsideTransaction(frame.sql)
      case 'begin':
        return keep(await holdTransaction(db, frame.access))
      case 'txQuery':
        return find<HeldTransaction>(frame.handle, 'tx').tx.query(frame.sql, frame.params)
      case 'txScript':
        return find<HeldTransaction>(frame.handle, 'tx').tx.script(frame.sql)
      case 'end':
        return take<HeldTransaction>(frame.handle, 'tx').end(frame.commit)
      case 'bulk':
        return keep(await holdBulk(db, frame))
      case 'bulkOut':
        return all(find<HeldBulk>(frame.handle, 'tx').tx.copyOut(frame.source))
      case 'bulkIn':
        return find<HeldBulk>(frame.handle, 'tx').tx.copyIn(frame.target, one(frame.bytes))
      case 'lock':
        return keep(await holdLock(db, frame.name, frame.waitMs))
      case 'listen':
        return listen(frame.channel, frame.listener)
      case 'unlock':
      case 'unlisten':
        return take(frame.handle, 'giveUp').giveUp()
    }
  }

  readFrames(socket, (value) => {
    const frame = value as ClientFrame
    answer(frame).then(
      (answered) => send({ id: frame.id, value: answered }),
      (thrown) => send({ id: frame.id, failure: packFailure(thrown) }),
    )
  })
  socket.on('error', () => {})
  socket.once('close', () => {
    gone = true
    for (const thing of held.values()) thing.giveUp()
    held.clear()
  })
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const got: Uint8Array[] = []
  for await (const piece of pieces) got.push(piece)
  return got
}
