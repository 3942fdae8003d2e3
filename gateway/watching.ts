import { createBoundedVerifier } from '../src/audit/bounded-verify.ts'
import { memoryPath } from '../src/audit/checkpoints/seen.ts'
import { knownTo } from '../src/audit/checkpoints/witness.ts'
import { auditLines, auditProof, auditStanding } from '../src/audit/standing.ts'
import type { Config } from '../src/config/config.ts'
import { showSettings } from '../src/config/show.ts'
import type { AuditEntriesQuery, AuditProofQuery } from '../src/contract/admin/audit.ts'
import type { SeriesQuery } from '../src/contract/admin/overview.ts'
import type { PageQuery } from '../src/contract/admin/reports.ts'
import type { Health } from '../src/contract/health.ts'
import type { Database } from '../src/db/database.ts'
import { createBoundedCheck } from '../src/db/integrity.ts'
import { receivedFeedback } from '../src/feedback/received.ts'
import { createIncidents } from '../src/incidents/incidents.ts'
import { usageOfEveryone } from '../src/money/everyone.ts'
import type { Period } from '../src/money/period.ts'
import type { Resources } from '../src/resources.ts'
import { keepRetention } from '../src/retention/retention.ts'
import { createStatusBoard } from '../src/status/board.ts'
import { sampleUptime } from '../src/status/sampler.ts'
import { sweepWatching } from '../src/status/sweep.ts'
import { createOverview } from '../src/traffic/overview.ts'
import { showPresence } from '../src/traffic/presence.ts'
import { readSeries } from '../src/traffic/series.ts'
import type { Services } from './services.ts'

interface WatchingDeps {
  config: Config
  db: Database
  services: Pick<Services, 'instance' | 'turns' | 'traffic' | 'audit'>
  health: () => Promise<Health>
  release: string
  onError: (error: unknown) => void
}

export type Reports = ReturnType<typeof createReports>

/** What the public and the creator are told of all gateways, over what each tells of itself. */
function createReports({ config, db, services, health }: WatchingDeps) {
  const status = createStatusBoard({ db, health })
  const verifier = createBoundedVerifier({
    db,
    remembered: async (log) =>
      (await knownTo(memoryPath(config.dataDir))).filter((checkpoint) => checkpoint.log === log),
  })
  return {
    status,
    incidents: createIncidents({
      ...{ db, audit: services.audit, onChange: status.forget },
      look: createBoundedCheck({ db }),
    }),
    reports: {
      overview: createOverview({ db, health, monthlyUsd: config.budgets.monthlyUsd }),
      series: (query: SeriesQuery) => readSeries(db, query, new Date()),
      feedback: (query: PageQuery) => receivedFeedback(db, query),
      usage: (period: Period) => usageOfEveryone(db, period),
      settings: () => showSettings(config),
    },
    chain: {
      standing: () => auditStanding(db, verifier.last()),
      verify: verifier.verify,
      lines: (wanted: AuditEntriesQuery) => auditLines(db, wanted),
      proof: (known: AuditProofQuery) => auditProof(db, known),
    },
  }
}

/** Shows that this gateway is there, and has one of them look every minute how the parts are. */
export async function keepWatch(deps: WatchingDeps, resources: Resources): Promise<Reports> {
  const { config, db, services, health, release, onError } = deps
  const { audit, instance, turns, traffic } = services
  const reports = createReports(deps)
  const presence = { db, instance, release, openStreams: traffic.openStreams, openReplies: turns.open }
  resources.keep(await showPresence({ ...presence, onError }), (shown) => shown.close())
  resources.keep(sampleUptime({ db, health, instance, onError }), (sampler) => sampler.stop())
  resources.keep(sweepWatching(db, onError), (stop) => stop())
  const kept = config.retention
  resources.keep(keepRetention({ db, audit, actor: `gateway:${instance}`, kept, onError }), (stop) => stop())
  return reports
}
