import type { AuditHead } from '../../../src/contract/admin/audit.ts'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import { Button } from '../ui/button.tsx'
import { useAct } from '../ui/use-act.ts'
import { useLoad } from '../ui/use-load.ts'
import css from './admin.module.css'
import { AuditEntries } from './audit-entries.tsx'
import { AuditResult } from './audit-result.tsx'
import { Failed } from './failed.tsx'
import { Freshness } from './freshness.tsx'
import { Part } from './part.tsx'

const EVERY_MS = 10_000

/** Where the audit log stands, whether it is sound, and what was written last. */
export function AuditSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.audit
  const format = useFormat()
  const head = useLoad(() => client.admin.audit(), [], { everyMs: EVERY_MS })
  const verify = useAct(async () => {
    const verification = await client.admin.verifyAudit()
    head.put((last) => ({ ...last, verification }))
  })
  return (
    <Part
      title={admin.sections.audit}
      about={text.about}
      loaded={head}
      tools={
        <>
          <Freshness loaded={head} />
          <Button icon="shield" busy={verify.busy} onClick={() => void verify.run()}>
            {text.verify}
          </Button>
        </>
      }
    >
      {(value) => (
        <>
          <div role="status">
            {verify.busy ? (
              <p class={css.note}>{text.verifying}</p>
            ) : (
              value.verification && <AuditResult verification={value.verification} format={format} />
            )}
          </div>
          <Failed error={verify.error} said={{ lock_held: text.locked }} />
          <section class={css.group}>
            <HeadFacts head={value} format={format} />
          </section>
          <OpenIntents intents={value.openIntents} format={format} />
          <AuditEntries size={value.size} format={format} />
        </>
      )}
    </Part>
  )
}

function HeadFacts({ head, format }: { head: AuditHead; format: Format }) {
  const { audit: text } = useText().admin
  const { checkpoint } = head
  return (
    <dl class={css.facts}>
      <dt>{text.log}</dt>
      <dd class={css.mono}>{head.log}</dd>
      <dt>{text.size}</dt>
      <dd>{format.count(head.size)}</dd>
      <dt>{text.hash}</dt>
      <dd class={css.mono}>{head.hash}</dd>
      <dt>{text.checkpoint}</dt>
      <dd>
        {checkpoint
          ? text.checkpointAt(format.count(checkpoint.size), format.count(head.size - checkpoint.size))
          : text.noCheckpoint}
      </dd>
      {checkpoint && (
        <>
          <dt>{text.root}</dt>
          <dd class={css.mono}>{checkpoint.root}</dd>
        </>
      )}
    </dl>
  )
}

function OpenIntents({ intents, format }: { intents: AuditHead['openIntents']; format: Format }) {
  const { audit: text } = useText().admin
  return (
    <section class={css.group}>
      <h3>{text.intents}</h3>
      {intents.length === 0 ? (
        <p class={css.note}>{text.intentsNone}</p>
      ) : (
        <ul class={css.list}>
          {intents.map((intent) => (
            <li key={intent.seq} class={css.line}>
              <span>
                <strong>{intent.kind}</strong>{' '}
                <span class={css.note}>{text.at(format.count(intent.seq))}</span>
              </span>
              <span class={css.note}>
                {intent.channel} · {format.ago(intent.at)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
