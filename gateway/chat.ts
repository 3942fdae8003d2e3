import { createConversations } from '../src/chat/conversations.ts'
import { createMessages } from '../src/chat/messages.ts'
import { createSearch } from '../src/chat/search.ts'
import { createTurns, type Turns } from '../src/chat/turns/turns.ts'
import { createFeed } from '../src/feed/feed.ts'
import type { Metrics } from '../src/metrics/metrics.ts'
import type { Resources } from '../src/resources.ts'
import { createTrafficRecorder } from '../src/traffic/recorder.ts'
import type { Ground } from './ground.ts'
import { createClaudeState } from './health.ts'
import type { ServiceDeps } from './services.ts'
import { tellOfReplies } from './tell-of-replies.ts'

type ChatDeps = Pick<ServiceDeps, 'config' | 'upstreams' | 'metrics' | 'onError'> & { ground: Ground }

/** Conversations, the replies in them, and the feed that tells devices of either. */
export async function openChat(
  { config, upstreams, metrics, onError, ground }: ChatDeps,
  resources: Resources,
) {
  const { db, log, instance, strict, alerts, audit, maintenance } = ground
  const feed = resources.keep(await createFeed({ db, instance, onError }), (opened) => opened.close())
  // Whoever only listens would not notice: asked again, they are told.
  maintenance.subscribe((current) => {
    if (current && !current.readOnly) feed.sendAway()
  })
  const traffic = resources.keep(createTrafficRecorder({ db, instance, onError }), (opened) => opened.close())
  const messages = createMessages(db)
  const claudeState = createClaudeState()
  const { thresholds } = config
  const { simulated } = upstreams.claude
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
    ...tellOfReplies({ alerts, audit, claudeState, metrics, onError, simulated, thresholds, traffic }),
    onTick: metrics.writerTick,
    onError,
  })
  resources.keep(turns, (opened) => opened.close())
  metrics.watchOpenReplies(turns.open)
  return {
    turns: countReads(turns, metrics),
    feed,
    traffic,
    messages,
    search: createSearch(db),
    claudeState: claudeState.read,
    conversations: createConversations(db, { onChange: feed.changed }),
  }
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
