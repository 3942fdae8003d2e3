import { Worker } from 'node:worker_threads'
import { StatementError } from '../statement-error.ts'
import type { RequestKind, Requests, WorkerFailure, WorkerMessage, WorkerStart } from './requests.ts'

/** One life of the worker thread. It ends when asked to close, when it breaks, or when a request takes too long. */
export interface WorkerClient {
  /** @throws StatementError what PostgreSQL refused; Error when the worker ended before it answered. */
  call<K extends RequestKind>(
    kind: K,
    ask: Requests[K]['ask'],
    limitMs: number,
  ): Promise<Requests[K]['answer']>
  /** Resolves when the thread is gone, to why. */
  ended: Promise<Error>
  terminate(why: Error): Promise<void>
}

interface Pending {
  resolve(value: unknown): void
  reject(reason: Error): void
  watchdog: NodeJS.Timeout
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** Starts the worker; resolves when its database is open. */
export async function startWorker(
  start: WorkerStart,
  onNotification: (channel: string, payload: string) => void,
): Promise<WorkerClient> {
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: start,
    execArgv: [],
  })
  const pending = new Map<number, Pending>()
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Error>()
  let lastId = 0
  let death: Error | undefined

  function die(why: Error): void {
    death ??= why
    ready.reject(death)
    ended.resolve(death)
    for (const { reject, watchdog } of pending.values()) {
      clearTimeout(watchdog)
      reject(death)
    }
    pending.clear()
  }

  async function terminate(why: Error): Promise<void> {
    die(why)
    await worker.terminate()
  }

  function settle(id: number, finish: (call: Pending) => void): void {
    const call = pending.get(id)
    if (!call) return
    pending.delete(id)
    clearTimeout(call.watchdog)
    finish(call)
  }

  function fail(id: number, failure: WorkerFailure): void {
    if (failure.fields === undefined) return void terminate(new Error(`it broke: ${failure.message}`))
    const refused = new StatementError(failure.message, failure.fields)
    settle(id, ({ reject }) => reject(refused))
  }

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'ready') ready.resolve()
    else if (message.kind === 'notification') onNotification(message.channel, message.payload)
    else if (message.kind === 'failure') fail(message.id, message.failure)
    else settle(message.id, ({ resolve }) => resolve(message.value))
  })
  worker.on('error', (error) => die(error))
  worker.on('exit', (code) => die(new Error(`its thread ended with code ${code}`)))
  await ready.promise

  return {
    call(kind, ask, limitMs) {
      if (death) return Promise.reject(death)
      lastId += 1
      const id = lastId
      return new Promise((resolve, reject) => {
        const late = () => void terminate(new Error(`it did not answer within ${limitMs} ms`))
        const watchdog = setTimeout(late, limitMs)
        pending.set(id, {
          resolve: (value) => resolve(value as Requests[typeof kind]['answer']),
          reject,
          watchdog,
        })
        worker.postMessage({ id, kind, ...ask })
      })
    },
    ended: ended.promise,
    terminate,
  }
}
