import type { SignedInSession } from '../../../src/contract/sessions.ts'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import type { Catalog } from '../text/en.ts'
import { failureText } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { useAct } from '../ui/use-act.ts'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import { Failed } from './failed.tsx'
import css from './settings.module.css'
import { readUserAgent } from './user-agent.ts'

/** Where the person is signed in; where Supabase signs people in it tells nobody, so only an end to all of it is offered. */
export function DevicesSection() {
  const { config } = useApp()
  const { devices: text } = useText().settings
  const builtIn = new URL(config.signInUrl).origin === new URL(config.apiUrl).origin
  return (
    <>
      <p class={css.intro}>{builtIn ? text.intro : text.supabase}</p>
      {builtIn && <DeviceList />}
      <Everywhere />
    </>
  )
}

function DeviceList() {
  const { client, session, toasts } = useApp()
  const { settings, common, failures } = useText()
  const text = settings.devices
  const format = useFormat()
  const devices = useLoad(() => client.sessions.list(), [])
  const others = useAct(async () => {
    await session.own.signOutOthers()
    toasts.say(text.othersDone)
    devices.again()
  })
  if (!devices.value)
    return <Waiting loaded={devices} labels={common} failed={failureText(devices.error, failures)} />
  const sorted = devices.value.toSorted((one, other) => Number(other.current) - Number(one.current))
  return (
    <>
      <ul class={css.list}>
        {sorted.map((device) => (
          <Device key={device.id} {...{ device, format }} onEnded={devices.again} />
        ))}
      </ul>
      <div class={css.stack}>
        {sorted.some(({ current }) => !current) ? (
          <div>
            <Button busy={others.busy} onClick={() => void others.run()}>
              {text.others}
            </Button>
          </div>
        ) : (
          <p class={css.about}>{text.noOthers}</p>
        )}
        <Failed error={others.error} />
      </div>
    </>
  )
}

function Device({
  device,
  format,
  onEnded,
}: {
  device: SignedInSession
  format: Format
  onEnded: () => void
}) {
  const { client, toasts } = useApp()
  const { devices: text } = useText().settings
  const name = nameOf(device.userAgent, text)
  const end = useAct(async () => {
    await client.sessions.end(device.id)
    toasts.say(text.ended(name))
    onEnded()
  })
  const about = [
    text.used(format.ago(device.lastUsedAt)),
    text.since(format.moment(device.createdAt)),
    device.address ?? text.local,
    ...(device.secondFactor ? [text.factor] : []),
  ]
  return (
    <li>
      <div>
        <p class={css.name}>
          {name}
          {device.current && <span class={`${css.tag} ${css.accent}`}>{text.current}</span>}
        </p>
        <p class={css.about}>{about.join(' · ')}</p>
        <Failed error={end.error} />
      </div>
      {!device.current && (
        <Button busy={end.busy} aria-label={text.endNamed(name)} onClick={() => void end.run()}>
          {text.end}
        </Button>
      )}
    </li>
  )
}

function Everywhere() {
  const { session } = useApp()
  const { devices: text } = useText().settings
  const out = useAct(() => session.signOut('global'))
  return (
    <section class={css.part}>
      <h3>{text.everywhere}</h3>
      <p class={css.intro}>{text.everywhereBody}</p>
      <div class={css.stack}>
        <div>
          <Button kind="danger" icon="leave" busy={out.busy} onClick={() => void out.run()}>
            {text.everywhere}
          </Button>
        </div>
        <Failed error={out.error} />
      </div>
    </section>
  )
}

function nameOf(userAgent: string | null, text: Catalog['settings']['devices']): string {
  if (userAgent === null) return text.unknown
  const { program, system } = readUserAgent(userAgent)
  if (program === 'terminal' || program === 'desktop') return text.programs[program]
  const name = program ?? (userAgent.slice(0, 40) || text.unknown)
  return system === undefined ? name : text.on(name, system)
}
