import { StreamPass } from '../../contract/health.ts'
import { HelixError } from '../../errors.ts'
import { untilStopped } from '../../shell/until-stopped.ts'
import { ask, notServing } from './ask.ts'
import { type Door, machineDoor, publicDoor } from './doors.ts'
import { change, type HeldPlace } from './place.ts'
import * as scripts from './scripts.ts'
import { askStreamed, type Seen } from './streamed.ts'

export interface StreamGate {
  release: string
  previous: string | null
  places: readonly HeldPlace[]
  /** `domains.api`, where it is set. */
  publicName: string | undefined
  signal: AbortSignal
  note: (text: string) => void
}

/** When it is asked: before anybody is sent to the release, or once all are. */
export type When = 'before' | 'after'

/**
 * Asks the release for one streamed reply the way people's requests come: through the public address, and through the
 * web server of every machine. No model is asked and nothing is kept. Resolves to what is worth a line in the log.
 * @throws HelixError `deploy_failed` where the reply does not come, or not as it is sent
 */
export async function askThroughTheDoors(gate: StreamGate, when: When): Promise<string> {
  const { release, places, publicName, signal } = gate
  const pass = await passOf(gate)
  if (pass === undefined) return `${release} is older than this check`
  const doors: Door[] = places.map(({ host }) => machineDoor(host, publicName ?? nameOf(host.name)))
  if (publicName !== undefined) doors.unshift(publicDoor(`https://${publicName}`))
  try {
    for (const place of places)
      await change(place, 'let the probe through', scripts.letThrough(place.folder, release), {
        input: `${pass}\n`,
        signal,
      })
    const seen = await Promise.all(doors.map((door) => askTwice(door, release, pass, signal)))
    for (const [i, each] of seen.entries()) judge(gate, when, doors[i] as Door, each)
    const through = doors.filter((_door, i) => seen[i]?.kind === 'streamed').map(({ name }) => name)
    return through.length === 0
      ? 'no streamed reply was had'
      : `a reply streamed through ${through.join(', ')}`
  } finally {
    for (const place of places)
      await change(place, 'let no probe through', scripts.letNobodyThrough(place.folder)).catch(() => {})
  }
}

/** What lets us ask; undefined of a release that has no such route. @throws HelixError `deploy_failed` */
async function passOf({ places: [first], release, signal }: StreamGate): Promise<string | undefined> {
  if (!first) return undefined
  const answer = await ask({ ...first, host: untilStopped(first.host, signal) }, release, '/health/probe')
  if (answer.status === 404) return undefined
  if (answer.status === 200) return StreamPass.parse(JSON.parse(answer.body)).token
  throw await notServing(first, release, 'lets nobody ask it for a streamed reply', answer)
}

/** A lump may be a machine that was busy for a second; one that comes again is none. */
async function askTwice(door: Door, release: string, pass: string, signal: AbortSignal): Promise<Seen> {
  const seen = await askStreamed(door, release, pass, signal)
  return seen.kind === 'held' || seen.kind === 'failed' ? askStreamed(door, release, pass, signal) : seen
}

function judge({ release, previous, note }: StreamGate, when: When, { name, ours }: Door, seen: Seen): void {
  if (seen.kind === 'streamed') return
  if (seen.kind === 'held')
    throw failed(`Replies through ${name} do not stream`, {
      hint:
        `What ${release} sent over ${seen.sentMs} ms came within ${seen.cameMs} ms: something on the way holds it back. ` +
        'In nginx: `proxy_buffering off`, and no `proxy_ignore_headers X-Accel-Buffering`; elsewhere, turn off buffering, compression and caching of text/event-stream.',
    })
  if (seen.kind === 'unreached' && !(ours && when === 'after'))
    note(`${name} could not be asked from here: ${seen.why}`)
  else if (!ours && (seen.kind === 'elsewhere' || previous === null))
    note(`${name} does not lead to ${release}: ${seen.why}`)
  else if (seen.kind === 'failed' || when === 'after')
    throw failed(`${release} gave no streamed reply through ${name}: ${seen.why}`, {
      hint: 'Look at the web server’s site and log; helix server setup writes a site that works.',
    })
  else note(`${name} lets no probe through before the switch; helix server setup writes a site that does`)
}

function failed(message: string, { hint }: { hint: string }): HelixError {
  return new HelixError('deploy_failed', message, { hint })
}

function nameOf(destination: string): string {
  return destination.replace(/^.*@/, '')
}
