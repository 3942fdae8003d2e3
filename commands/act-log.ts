import { join } from 'node:path'
import { typist } from '../src/audit/actors.ts'
import type { Audit } from '../src/audit/audit.ts'
import { configHome } from '../src/client/node/logins.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'
import { HelixError } from '../src/errors.ts'
import { type Files, isThere } from '../src/files.ts'
import type { Host } from './host.ts'

/**
 * Where acts are written down. `project`: on the chain where a database is at hand, else in the journal of the data
 * directory. `person`: the same, but where there is no data directory in the journal of the person's own settings, so
 * that none is made. `journal`: never on the chain.
 */
export type LogPlace = 'project' | 'person' | 'journal'

/** Log before act, for commands. */
export interface ActLog {
  /**
   * Writes down what the command is about to do, does it, and writes down how it ended.
   * @throws HelixError `audit_unavailable`, and then nothing was done
   */
  act<T>(
    kind: `${string}.start`,
    data: Record<string, unknown>,
    run: () => Promise<T> | T,
    describe?: (result: T) => Record<string, unknown>,
  ): Promise<T>
  /** Files that are written down before they are written, and after. */
  files: Files
  /** The same for what writes its acts down itself. */
  audit(): Promise<Audit>
}

interface ActLogDeps {
  host: Host
  /** The kinds of acts that the command says it does. */
  acts: readonly string[]
  config(): Promise<Config>
  onClose(close: () => Promise<void> | void): void
  /** The database, where one is at hand: open already, of a running Helix, or of a server that answers. */
  databaseAtHand(): Promise<Database | undefined>
}

export function createActLog(deps: ActLogDeps, place: LogPlace): ActLog {
  let opened: Promise<Audit> | undefined
  const open = () => {
    opened ??= openAudit(deps, place)
    return opened
  }
  const act: Audit['act'] = async (entry, run, describe) => {
    if (!deps.acts.includes(entry.kind)) throw undeclared(entry.kind)
    return (await open()).act(entry, run, describe)
  }
  return {
    act: (kind, data, run, describe) =>
      act({ channel: 'commands', kind, actor: typist(), data }, () => run(), describe),
    files: lazyFiles(deps, act),
    audit: async () => ({ ...(await open()), act }),
  }
}

/** How files are written that belong to no command, but to reaching a gateway: a login that was renewed. */
export function loginFiles(deps: ActLogDeps): Files {
  return createActLog({ ...deps, acts: ['file.write.start', 'file.remove.start'] }, 'person').files
}

function lazyFiles({ config, host }: ActLogDeps, act: Audit['act']): Files {
  const files = async () => {
    const { createLoggedFiles } = await import('../src/audit/logged-files.ts')
    const { dataDir, root } = await config()
    const places = { data: dataDir, settings: configHome(host.environment), project: root }
    return createLoggedFiles({ audit: { act }, actor: typist(), places })
  }
  return {
    create: async (...given) => (await files()).create(...given),
    replace: async (...given) => (await files()).replace(...given),
    stream: async (...given) => (await files()).stream(...given),
    remove: async (...given) => (await files()).remove(...given),
  }
}

async function openAudit(deps: ActLogDeps, place: LogPlace): Promise<Audit> {
  const { dataDir } = await deps.config()
  const journals = [join(dataDir, 'journal.jsonl'), join(configHome(deps.host.environment), 'journal.jsonl')]
  const chain = place === 'journal' ? undefined : await openChain(deps, journals)
  if (chain) return chain
  const { createJournal } = await import('../src/audit/journal.ts')
  const [own = '', personal = ''] = journals
  return createJournal(place === 'project' || (await isThere(dataDir)) ? own : personal)
}

/** The chain of the database at hand, with what the journals gained meanwhile; undefined where nothing can be written. */
async function openChain(
  { databaseAtHand, config, onClose }: ActLogDeps,
  journals: readonly string[],
): Promise<Audit | undefined> {
  const db = await databaseAtHand()
  if (!db) return undefined
  const { writableLog } = await import('../src/audit/append.ts')
  const log = await writableLog(db).catch(() => undefined)
  if (log === undefined) return undefined
  const { adoptJournal } = await import('../src/audit/journal.ts')
  // A journal that was tampered with is told by `audit verify` and by gateways; here it would keep its owner out.
  for (const journal of journals) await adoptJournal(db, journal, { actor: typist() }).catch(() => {})
  const { createAudit } = await import('../src/audit/audit.ts')
  const current = await config()
  if (current.audit.mode !== 'strict') return createAudit(db, log)
  const { waitForDiscord } = await import('./strict.ts')
  const { wait, stop } = await waitForDiscord(db, log, current)
  onClose(stop)
  return createAudit(db, log, wait)
}

function undeclared(kind: string): HelixError {
  return new HelixError('internal', `This command does not say that it does ${kind}`, {
    hint: 'This is a defect in Helix; report it.',
  })
}
