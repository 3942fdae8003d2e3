import { Readable } from 'node:stream'
import { HelixError } from '../../../errors.ts'
import { runOn } from '../../../shell/host.ts'
import { LIMIT_MS } from '../../../shell/limits.ts'
import { readable, type Script } from '../../../shell/script.ts'
import { untilStopped } from '../../../shell/until-stopped.ts'
import { allOf } from '../../all-of.ts'
import type { Held, Lockable } from '../../hold.ts'
import { change } from '../../vps/place.ts'
import type { PageAnswer, PageFacts, PageHost } from '../host.ts'
import { keptAssets, type Page, PageNote, policyOf } from '../page.ts'
import { POLICIES, policyName } from './nginx.ts'
import { packed } from './pack.ts'
import * as scripts from './scripts.ts'

interface Folders {
  places: readonly Held[]
  /** The address people open. */
  url: string
  /** Where nginx keeps the policies it knows. */
  policies?: string
  /** Ends all but what takes a release back. */
  signal?: AbortSignal
}

/** Unpacked and packed, a page takes about this many times its bytes. */
const TIMES_PAGE = 3

/** Folders that nginx serves, on machines of ours: releases side by side, and a symlink to the one that serves. */
export function staticHost({ places, url, policies = POLICIES, signal }: Folders): PageHost {
  const going = signal
    ? places.map((place) => ({ ...place, host: untilStopped(place.host, signal) }))
    : places
  const everywhere = async (what: string, act: (place: Lockable) => Script) => {
    await allOf(places.map((place) => change(place, what, act(place))))
  }
  return {
    look: () => lookAt(going),
    async note() {
      const read = ({ host, folder }: Held) => runOn(host, 'read what serves', scripts.readNote(folder))
      const text = (await allOf(going.map(read))).find((each) => each !== '')
      return text === undefined ? undefined : PageNote.parse(JSON.parse(text))
    },
    accepts: async (page) => {
      await allOf(going.map((place) => accept(place, page, policies)))
    },
    async bring(page) {
      const { archive, sha256 } = await packed(page)
      const kept = keptList(page)
      await allOf(
        going.map((place) =>
          change(
            place,
            'unpack the page',
            scripts.receive(place.folder, page.release, sha256, policyName(policyOf(page)), kept),
            { input: Readable.from([archive]), timeoutMs: LIMIT_MS.bring },
          ),
        ),
      )
      return undefined
    },
    drop: (release) =>
      everywhere('remove the release', ({ folder }) => scripts.removeRelease(folder, release)),
    ask: (release, path) =>
      allOf(
        going.map(async ({ host }) => {
          const what = `answer for ${release}`
          const { code, stdout, stderr } = await host.run(scripts.ask(url, path, release), { what })
          const answer = code === 0 ? answerIn(stdout) : { status: 0, headers: {}, body: Buffer.from(stderr) }
          return { from: host.name, answer }
        }),
      ),
    async switchTo(release) {
      for (const place of going) await change(place, 'switch', scripts.switchTo(place.folder, release))
    },
    switchBack: (_release, own) =>
      everywhere('switch back', ({ host, folder }) => {
        const release = own(host.name)
        return release === null ? scripts.switchOff(folder) : scripts.switchBack(folder, release)
      }),
    switchOff: () => everywhere('switch off', ({ folder }) => scripts.switchOff(folder)),
    async keepOnly(releases) {
      for (const place of going) {
        const { current, releases: there } = await factsOf(place)
        for (const old of there.filter((each) => each !== current && !releases.includes(each)))
          await change(place, `remove ${old}`, scripts.removeRelease(place.folder, old))
      }
    },
    async plan(page) {
      const at = (act: (folder: string) => Script) =>
        places.map(({ host, folder }) => ({ where: host.name, command: readable(act(folder)) }))
      const inner = policyName(policyOf(page))
      const { sha256 } = await packed(page)
      return {
        bring: at((folder) => scripts.receive(folder, page.release, sha256, inner, keptList(page))),
        switchTo: at((folder) => scripts.switchTo(folder, page.release)),
      }
    },
  }
}

async function lookAt(places: readonly Held[]): Promise<PageFacts> {
  const facts = await allOf(places.map(factsOf))
  const everywhere = facts[0]?.releases.filter((each) =>
    facts.every(({ releases }) => releases.includes(each)),
  )
  return {
    serving: facts.map(({ current }, i) => ({ from: places[i]?.host.name ?? '', release: current })),
    releases: everywhere ?? [],
  }
}

async function factsOf({ host, folder }: Lockable) {
  const text = await runOn(host, 'look at the machine', scripts.readFacts(folder))
  const values = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}=(.+)$`, 'gm'))].map(([, value]) => value ?? '')
  return {
    current: values('current')[0] ?? null,
    releases: values('release').sort(),
    freeBytes: Number(values('freeKb')[0]) * 1_024,
    hasCurl: values('curl').length > 0,
  }
}

async function accept(place: Lockable, page: Page, policies: string): Promise<void> {
  const { freeBytes, hasCurl } = await factsOf(place)
  const bytes = [...page.files.values()].reduce((sum, { length }) => sum + length, 0)
  const name = policyName(policyOf(page))
  const { code } = await place.host.run(scripts.knowsPolicy(policies, name), {
    what: 'look for the policy of the page',
  })
  const lacks = [
    hasCurl || 'it has no curl, which asks nginx there: sudo apt install curl',
    freeBytes > bytes * TIMES_PAGE ||
      `it has ${Math.round(freeBytes / 1e6)} MB free, a page needs ${Math.round((bytes * TIMES_PAGE) / 1e6)}`,
    code === 0 ||
      'its nginx does not know what this page may do, since its addresses or scripts changed: run helix server setup --web again',
  ].filter((lack) => lack !== true)
  if (lacks.length > 0)
    throw new HelixError('precondition_failed', `${place.host.name} is not ready for this page`, {
      hint: lacks.join('; '),
      details: { host: place.host.name, lacks },
    })
}

function keptList(page: Page): string {
  return Object.keys(keptAssets(page))
    .map((path) => `${path}\n`)
    .join('')
}

/** What `curl -i` printed: status and headers, an empty line, the body. */
function answerIn(said: string): PageAnswer {
  const end = said.indexOf('\r\n\r\n')
  const [first = '', ...lines] = said.slice(0, end).split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return {
    status: Number(/^HTTP\/\S+ (\d+)/.exec(first)?.[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: Buffer.from(said.slice(end + 4)),
  }
}
