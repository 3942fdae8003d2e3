import type { Context } from './context.ts'
import { defineCommand } from './define.ts'
import { pageLines, releasesOf } from './deploy/pages.ts'
import { gatewayPlaces, withoutOption } from './deploy/target.ts'

export default defineCommand({
  examples: [
    ['helix releases', 'what was deployed, by whom, how it ended, and what can be gone back to'],
    ['helix releases --env production --json', 'the same for a program'],
  ],
  options: { without: withoutOption },
  async run({ without }, context) {
    const { unlessStopped } = await import('../src/release/unless-stopped.ts')
    return unlessStopped(context.signal, lookAtReleases(without, context))
  },
  view({ machines, deploys, back, lock, page, status }, context) {
    const { colour } = context
    const lines = machines.map(
      ({ host, current }) => `${colour.bold(host)} serves ${current ?? 'nothing yet'}`,
    )
    if (lock) lines.push(`${lock.owner} is deploying ${lock.release}: ${lock.reason}`)
    for (const { release, state, by, endedAt } of deploys) {
      const kept = machines[0]?.kept.find((each) => each.release === release)
      const facts = kept ? `schema ${kept.schema ?? 'unknown'}` : 'no longer there'
      lines.push(`  ${release}  ${state.padEnd(10)}  ${endedAt.toISOString()}  ${by}  ${facts}`)
    }
    const [last] = deploys
    if (last && ['unfinished', 'undoing', 'stuck'].includes(last.state))
      lines.push(
        `To go on: helix deploy ${last.target} --resume; to go back: helix deploy ${last.target} --undo`,
      )
    if (back !== null) lines.push(colour.dim(`To go back: helix rollback (to ${back})`))
    for (const one of [page, status]) if (one) lines.push(...pageLines(one, context))
    return lines.join('\n')
  },
})

async function lookAtReleases(without: readonly string[], context: Context) {
  const { journalOnAll } = await import('../src/release/journal.ts')
  const { healthyBefore, progressOf } = await import('../src/release/progress.ts')
  const { lookAt } = await import('../src/release/vps/facts.ts')
  const { readKept } = await import('../src/release/vps/kept.ts')
  const { readLock } = await import('../src/release/lock.ts')
  const { deploy } = await context.config()
  const places = deploy.gateway || !(deploy.web || deploy.status) ? await gatewayPlaces(context, without) : []
  const machines = await Promise.all(
    places.map(async (place) => ({
      host: place.host.name,
      ...(await lookAt(place)),
      kept: await readKept(place),
    })),
  )
  const [first] = places
  const progress = progressOf(await journalOnAll(places).read())
  const lock = first && (await readLock(first.host, first.folder))
  const deploys = progress.map(({ done: _done, begun: _begun, ...told }) => told).toReversed()
  const back = healthyBefore(progress, machines[0]?.current ?? null) ?? null
  const page = (await releasesOf(context, 'web', without)) ?? null
  const status = (await releasesOf(context, 'status', without)) ?? null
  return { machines, deploys, back, lock: lock ?? null, page, status }
}
