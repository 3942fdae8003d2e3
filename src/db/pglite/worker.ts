import { parentPort, workerData } from 'node:worker_threads'
import { type messages, PGlite } from '@electric-sql/pglite'
import { statementErrorFields, toStatementError } from '../statement-error.ts'
import { DurableNodeFS } from './durable-fs.ts'
import type { WorkerFailure, WorkerMessage, WorkerRequest, WorkerStart } from './requests.ts'
import {
  closeStatement,
  commandTag,
  copiedBytes,
  copyInQuery,
  extendedQuery,
  rowsOf,
  simpleQuery,
} from './wire.ts'

const MOST_PREPARED = 500

// The engine runs in a single process without helpers: durable, and small in memory.
const START_PARAMS = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
]

const { cluster, template } = workerData as WorkerStart
const files = cluster === 'memory://' ? undefined : new DurableNodeFS(cluster)
const engine = await PGlite.create({
  startParams: START_PARAMS,
  ...(files && { fs: files }),
  ...(template && { loadDataDir: new Blob([new Uint8Array(template)]) }),
})
const prepared = new Map<string, string>()

engine.onNotification((channel, payload) => tell({ kind: 'notification', channel, payload }))

// One at a time, in the order they were sent.
let turn: Promise<void> = Promise.resolve()
parentPort?.on('message', (request: WorkerRequest) => {
  turn = turn.then(() => serve(request))
})
tell({ kind: 'ready' })

async function serve(request: WorkerRequest): Promise<void> {
  const { id } = request
  try {
    tell({ kind: 'answer', id, value: await answer(request) })
  } catch (thrown) {
    tell({ kind: 'failure', id, failure: failureOf(thrown) })
  }
}

async function answer(request: WorkerRequest): Promise<unknown> {
  switch (request.kind) {
    case 'query':
      return rowsOf(await runPrepared(request.sql, request.params))
    case 'script':
      return commandTag(await send(simpleQuery(request.sql)))
    case 'copyOut':
      return copiedBytes(await send(simpleQuery(`copy ${request.source} to stdout`)))
    case 'copyIn':
      return Number(
        commandTag(await send(copyInQuery(`copy ${request.target} from stdin`, request.bytes))).split(' ')[1],
      )
    case 'fsyncs':
      return files?.fsyncs ?? 0
    case 'dump':
      return new Uint8Array(await (await engine.dumpDataDir('none')).arrayBuffer())
    case 'close':
      await engine.close()
      return undefined
  }
}

/** Statements with parameters are planned once; after a change of tables their plans are made anew. */
async function runPrepared(
  sql: string,
  params: readonly (string | null)[],
): Promise<messages.BackendMessage[]> {
  const known = prepared.get(sql)
  const keep = known !== undefined || (params.length > 0 && prepared.size < MOST_PREPARED)
  const name = known ?? (keep ? `helix_${prepared.size + 1}` : '')
  try {
    const answers = await send(extendedQuery(name, sql, params, known !== undefined))
    if (keep) prepared.set(sql, name)
    return answers
  } catch (thrown) {
    if (known !== undefined) return await runAnew(sql, params, thrown)
    if (keep) await send(closeStatement(name))
    throw thrown
  }
}

async function runAnew(
  sql: string,
  params: readonly (string | null)[],
  thrown: unknown,
): Promise<messages.BackendMessage[]> {
  const stale = toStatementError(thrown)?.code === '0A000'
  if (!stale || engine.isInTransaction()) throw thrown
  await send(simpleQuery('deallocate all'))
  prepared.clear()
  return runPrepared(sql, params)
}

function send(message: Uint8Array): Promise<messages.BackendMessage[]> {
  return engine.execProtocolStream(message, { syncToFs: false })
}

function failureOf(thrown: unknown): WorkerFailure {
  const refused = toStatementError(thrown)
  if (refused) return { message: refused.message, fields: statementErrorFields(refused) }
  return { message: thrown instanceof Error ? thrown.message : String(thrown), fields: undefined }
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message)
}
