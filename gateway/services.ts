import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Alerts, createAlerts } from '../src/alerts/alerts.ts'
import { readLogId } from '../src/audit/append.ts'
import { type Audit, createAudit } from '../src/audit/audit.ts'
import type { NewEntry } from '../src/audit/entry.ts'
import { createLoggedFiles } from '../src/audit/logged-files.ts'
import type { WaitFor } from '../src/audit/strict-place.ts'
import { createConversations } from '../src/chat/conversations.ts'
import { createMessages } from '../src/chat/messages.ts'
import { createSearch } from '../src/chat/search.ts'
import type { Ending } from '../src/chat/turns/close.ts'
import { createTurns, type Turns } from '../src/chat/turns/turns.ts'
import { createClientErrors } from '../src/client-errors/client-errors.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'
import { createConfirmations } from '../src/discord/confirmations.ts'
import { createFeed } from '../src/feed/feed.ts'
import { createFeedback } from '../src/feedback/feedback.ts'
import type { Files } from '../src/files.ts'
import { createLimiter } from '../src/limits/create-limiter.ts'
import { createLocalLimiter, type LocalLimiter } from '../src/limits/local-limiter.ts'
import { sweepCounters } from '../src/limits/sweep.ts'
import { maintenancePath } from '../src/maintenance/file.ts'
import { createMaintenance } from '../src/maintenance/maintenance.ts'
import type { Metrics } from '../src/metrics/metrics.ts'
import { createUsages } from '../src/money/usages.ts'
import { createPeopleAdmin } from '../src/people/admin/admin.ts'
import { builtInSignIn, supabaseSignIn } from '../src/people/admin/homes.ts'
import { createPeopleChanges } from '../src/people/changes.ts'
import { readCreator } from '../src/people/creator.ts'
import { createAccountDeletion } from '../src/people/deletion/deletion.ts'
import { createErase } from '../src/people/deletion/erasure.ts'
import { builtInHome, supabaseHome } from '../src/people/deletion/homes.ts'
import { createExports } from '../src/people/export/document.ts'
import { ensureOwner } from '../src/people/owner.ts'
import { createPeople, type People } from '../src/people/people.ts'
import { createProfiles } from '../src/people/profiles.ts'
import { createTestPasses } from '../src/people/test-passes.ts'
import { createTestPeople } from '../src/people/test-people.ts'
import { createAccessTokens } from '../src/signin/access-tokens/access-tokens.ts'
import { createAccessWatch } from '../src/signin/access-watch.ts'
import { watchProject } from '../src/signin/hosted/watch-project.ts'
import { createRevocations } from '../src/signin/revocations.ts'
import { ownTokens } from '../src/signin/token-sources.ts'
import { createVerifier } from '../src/signin/verifier.ts'
import { summaryMade } from '../src/state/entries.ts'
import { createStorage, type FullDisk } from '../src/storage/storage.ts'
import { createTrafficRecorder } from '../src/traffic/recorder.ts'
import { alertOnFirstWords } from './alert-on-requests.ts'
import { createClaudeState } from './health.ts'
import { builtInSignin, passSecret, supabaseAdmin, supabaseSources, testAccounts } from './signin.ts'
import type { Upstreams } from './upstream.ts'

export interface ServiceDeps {
  config: Config
  db: Database
  upstreams: Upstreams
  metrics: Metrics
  /** The gateway's own address, known once it listens. */
  origin: () => string
  /** Whether only this machine can reach it. */
  loopback: boolean
  /** Whether whoever starts this process owns the installation, as with `helix up`. */
  personal: boolean
  onError: (error: unknown) => void
}

export type Services = Awaited<ReturnType<typeof createServices>>

/** Builds everything the routes stand on, once per process. */
export async function createServices(deps: ServiceDeps) {
  const { config, metrics, onError, upstreams } = deps
  const storage = createStorage({
    ...{ folder: config.dataDir, leastFree: config.storage.leastFreeMb * 1_000_000, onError },
    onFull: (disk) => raiseFull(alerts, disk),
    onRoom: () => alerts.recover('storage_full'),
  })
  const db = storage.notice(metrics.measureDatabase(deps.db))
  const revocations = await createRevocations(db, { onError })
  const changes = await createPeopleChanges(db)
  const limiter = createLimiter(db)
  const log = await readLogId(db)
  const builtIn = config.mode !== 'supabase'
  if (config.creatorId === undefined && deps.personal && builtIn) await ensureOwner(db)
  const creatorId = config.creatorId ?? (await readCreator(db))
  const instance = randomUUID()
  const strict =
    config.audit.mode === 'strict' ? waitingForDiscord(db, log, () => raiseRefused(alerts)) : undefined
  const audit = createAudit(db, log, strict?.wait)
  const actor = `gateway:${instance}`
  const maintenance = await createMaintenance({
    ...{ db, log, actor, onError },
    path: maintenancePath(config),
    journal: join(config.dataDir, 'journal.jsonl'),
  })
  const files = gatewayFiles({ audit, actor, config })
  const alerts = createAlerts({ append: audit.append, actor, onError })
  metrics.watchAlerts(alerts.open)
  const messages = createMessages(db)
  const claudeState = createClaudeState()
  const inBackground = (work: Promise<unknown>) => void work.catch(onError)
  const people = createPeople(db, { creatorId })
  changes.subscribe((userId) => (userId === undefined ? people.forgetAll() : people.forget(userId)))
  if (config.creatorId === undefined) changes.subscribe(() => inBackground(followCreator(db, people)))
  const accessTokens = createAccessTokens({ db, log, onError })
  const localLimiter: LocalLimiter = createLocalLimiter(db)
  const endSweep = sweepCounters(db, onError)
  const feed = await createFeed({ db, instance, onError })
  // Whoever only listens would not notice: asked again, they are told.
  maintenance.subscribe((current) => {
    if (current && !current.readOnly) feed.sendAway()
  })
  const traffic = createTrafficRecorder({ db, instance, onError })
  const alertOnLateWords = alertOnFirstWords(alerts, config.thresholds)
  const turns = await createTurns({
    db,
    claude: metrics.measureClaude(upstreams.claude),
    simulated: metrics.measureClaude(upstreams.simulated),
    messages,
    log,
    instance,
    confirm: strict?.confirmCall,
    persona: config.persona,
    models: config.models,
    openReplies: config.limits.openReplies,
    allowance: { ...config.limits, ...config.budgets },
    onChange: feed.changed,
    onFirstToken(ms) {
      traffic.firstToken(ms)
      metrics.replies.firstToken(ms)
      alertOnLateWords(ms)
    },
    onSettled(ending) {
      const refused = isRefused(ending)
      // What a load test had made up tells nothing of Claude.
      const asked = ending.simulated === upstreams.claude.simulated
      if (asked && !refused) claudeState.note(ending.state)
      metrics.replies.settled(ending)
      if (refused) raiseRefused(alerts)
      else if (asked && ending.state === 'failed') raiseFailed(alerts, ending)
      else if (ending.summaryOf) inBackground(audit.append(summaryOf(ending)))
    },
    onTick: metrics.writerTick,
    onError,
  })
  metrics.watchOpenReplies(turns.open)
  const erase = createErase({ db, turns })
  const signin = builtIn
    ? await builtInSignin({ ...deps, db }, { limiter, revocations, changes, audit, people, erase, files })
    : undefined
  const accessWatch = createAccessWatch({ revocations, changes, people })
  const { followers } = accessWatch
  const project = signin
    ? undefined
    : await watchProject({ db, revocations, changes, forget: people.forget, followers, onError })
  const verifier = createVerifier({
    sources: signin ? [ownTokens(signin.keys)] : supabaseSources(config),
    isRevoked: (sessionId) => revocations.isRevoked(sessionId),
    ...(project && { admit: project.admit }),
  })
  const testPasses = createTestPasses(passSecret(signin, config))
  await storage.begin()
  const profiles = createProfiles(db, { onChange: feed.changed, isCreator: people.isCreator })
  return {
    log,
    instance,
    audit,
    /** From when on the gateway's own acts wait for Discord, and until when: between what makes and what ends it. */
    strict,
    files,
    alerts,
    maintenance,
    storage,
    verifier,
    signin,
    turns: countReads(turns, metrics),
    feed,
    messages,
    search: createSearch(db),
    limiter,
    localLimiter,
    claudeState: claudeState.read,
    conversations: createConversations(db, { onChange: feed.changed }),
    profiles,
    exports: createExports({ db, profiles }),
    people,
    accessTokens,
    traffic,
    feedback: createFeedback({ db, log, onGiven: metrics.feedback.given }),
    clientErrors: createClientErrors(db),
    peopleAdmin: createPeopleAdmin({
      db,
      audit,
      isCreator: people.isCreator,
      home: signin
        ? builtInSignIn(db, signin.accounts, signin.addresses.home)
        : supabaseSignIn(supabaseAdmin(config)),
    }),
    testPasses,
    testPeople: createTestPeople({
      ...{ db, audit, people, accessTokens, erase, passes: testPasses },
      ...testAccounts(signin, config),
    }),
    usages: createUsages(db, config.budgets),
    accessWatch,
    accountDeletion: createAccountDeletion({
      db,
      audit,
      erase,
      home: signin
        ? builtInHome({ db, revocations, admin: signin.admin })
        : supabaseHome({ db, revocations, changes, admin: supabaseAdmin(config) }),
    }),
    async close() {
      alerts.close()
      storage.close()
      await maintenance.close()
      project?.close()
      accessWatch.close()
      endSweep()
      localLimiter.close()
      await turns.close()
      await traffic.close()
      await signin?.close()
      await accessTokens.close()
      await feed.close()
      await revocations.close()
      await changes.close()
    },
  }
}

/** What acts wait for in strict mode. Calls of Claude always do; other acts once the gateway is there to post them. */
function waitingForDiscord(db: Database, log: string, onRefused: () => void) {
  const confirmations = createConfirmations({ db, log })
  let on = false
  const wait: WaitFor = async (channel, seq) => {
    if (!on) return
    await confirmations(channel)(seq).catch((failure) => {
      onRefused()
      throw failure
    })
  }
  return {
    wait,
    confirmCall: confirmations('api'),
    begin(): void {
      on = true
    },
    end(): void {
      on = false
    },
  }
}

/** Whether it was Discord that had no intent, so that Claude was never asked. */
function isRefused({ problem }: Ending): boolean {
  return problem?.code === 'audit_unavailable'
}

/** Whoever writes now and then finds a database still full; without anybody, nobody knows. */
const DATABASE_FULL_QUIET_MS = 600_000

function raiseFull(alerts: Alerts, disk: FullDisk): void {
  const message = `The disk of the ${disk} is full: Helix reads, and takes nothing new`
  const told =
    disk === 'database'
      ? { alert: 'database_full', quietMs: DATABASE_FULL_QUIET_MS }
      : { alert: 'storage_full', quietMs: null }
  alerts.raise({ ...told, severity: 'critical', message })
}

function raiseRefused(alerts: Alerts): void {
  const message = 'Acts are refused, for Discord does not have their intents (HELIX_AUDIT_MODE=strict)'
  alerts.raise({ alert: 'audit_unavailable', severity: 'critical', message })
}

function summaryOf({ actor, generationId, model }: Ending): NewEntry {
  return summaryMade(actor, { generation: generationId, model })
}

/** What this process writes, each on the chain before. */
function gatewayFiles({ audit, actor, config }: { audit: Audit; actor: string; config: Config }): Files {
  const places = { data: config.dataDir, project: config.root }
  return createLoggedFiles({ audit, actor, places })
}

function raiseFailed(alerts: Alerts, { model, problem }: Ending): void {
  const code = problem?.code
  const message = `A call of Claude failed (${code ?? 'unknown'})`
  alerts.raise({ alert: 'upstream_failed', severity: 'critical', message, facts: { model, code } })
}

function countReads(turns: Turns, { replies }: Metrics): Turns {
  return {
    ...turns,
    async read(userId, generationId, place, signal) {
      const events = await turns.read(userId, generationId, place, signal)
      replies.read(place === 'start' ? 'start' : place === 'unknown' ? 'snapshot' : 'resumed')
      return events
    },
  }
}

/** Whoever becomes somebody else may have become the creator, or no longer be. */
async function followCreator(db: Database, people: People): Promise<void> {
  const creatorId = await readCreator(db)
  if (creatorId !== people.creatorId) people.setCreator(creatorId)
}
