import { defineCommand } from './define.ts'
import { gatewayPlaces } from './deploy/target.ts'

export default defineCommand({
  examples: [
    ['helix releases', 'what was deployed, by whom, and how it ended'],
    ['helix releases --env production --json', 'the same for a program'],
  ],
  async run(_input, context) {
    const { hostJournal } = await import('../src/release/journal.ts')
    const { progressOf } = await import('../src/release/progress.ts')
    const { readFacts } = await import('../src/release/vps/facts.ts')
    const { readLock } = await import('../src/release/lock.ts')
    const places = await gatewayPlaces(context)
    const machines = await Promise.all(
      places.map(async (place) => ({ host: place.host.name, ...(await readFacts(place, 0)) })),
    )
    const [first] = places
    const records = first ? await hostJournal(first.host, first.folder).read() : []
    const lock = first && (await readLock(first.host, first.folder))
    const deploys = progressOf(records)
      .map(({ done: _done, begun: _begun, ...told }) => told)
      .toReversed()
    return { machines, deploys, lock: lock ?? null }
  },
  view({ machines, deploys, lock }, { colour }) {
    const lines = machines.map(
      ({ host, current }) => `${colour.bold(host)} serves ${current ?? 'nothing yet'}`,
    )
    if (lock) lines.push(`${lock.owner} is deploying ${lock.release}: ${lock.reason}`)
    for (const { release, state, by, endedAt } of deploys)
      lines.push(`  ${release}  ${state.padEnd(10)}  ${endedAt.toISOString()}  ${by}`)
    return lines.join('\n')
  },
})
