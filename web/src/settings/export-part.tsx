import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { codeOf } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { useAct } from '../ui/use-act.ts'
import { DocumentCutOff, download } from './download.ts'
import { Failed } from './failed.tsx'
import css from './settings.module.css'

/** Everything Helix holds about the person, as a file. */
export function ExportPart() {
  const { client, toasts } = useApp()
  const { settings, common } = useText()
  const text = settings.export
  const format = useFormat()
  const [bytes, setBytes] = useState(0)
  const ended = useRef<AbortController>(undefined)
  useEffect(() => () => ended.current?.abort(), [])
  const fetched = useAct(async () => {
    const stop = new AbortController()
    ended.current = stop
    setBytes(0)
    try {
      const size = await download(await client.account.export(stop.signal), setBytes, stop.signal)
      toasts.say(text.done(format.bytes(size)))
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
  })
  const said =
    fetched.error instanceof DocumentCutOff
      ? text.cutOff
      : codeOf(fetched.error) === 'too_many_streams'
        ? text.busy
        : text.failed
  return (
    <section class={css.first}>
      <h3>{text.title}</h3>
      <p class={css.intro}>{text.intro}</p>
      <div class={css.stack}>
        <div class={css.actions}>
          <Button icon="download" busy={fetched.busy} onClick={() => void fetched.run()}>
            {text.start}
          </Button>
          {fetched.busy && (
            <>
              <Button kind="quiet" onClick={() => ended.current?.abort()}>
                {common.cancel}
              </Button>
              <span class={css.about}>{text.running(format.bytes(bytes))}</span>
            </>
          )}
        </div>
        <Failed error={fetched.error} text={said} />
      </div>
    </section>
  )
}
