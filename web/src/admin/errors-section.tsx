import type { ClientError } from '../../../src/contract/admin/reports.ts'
import { useApp, useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import css from './admin.module.css'
import { Older } from './older.tsx'
import { Part } from './part.tsx'
import { usePages } from './use-pages.ts'

/** What went wrong in people's browsers, the same failure once. */
export function ErrorsSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.errors
  const format = useFormat()
  const pages = usePages(
    (before) => client.admin.clientErrors(before === undefined ? {} : { before }),
    (page) => page.errors,
    [],
  )
  return (
    <Part title={admin.sections.errors} about={text.about} loaded={pages.loaded}>
      {() =>
        pages.items.length === 0 ? (
          <p class={css.empty}>{text.none}</p>
        ) : (
          <>
            <ul class={css.list}>
              {pages.items.map((error) => (
                <ErrorLine key={error.id} error={error} format={format} />
              ))}
            </ul>
            <Older pages={pages} />
          </>
        )
      }
    </Part>
  )
}

function ErrorLine({ error, format }: { error: ClientError; format: Format }) {
  const { errors: text } = useText().admin
  const about = [error.page, error.release, error.userAgent].filter((one) => one !== null)
  return (
    <li>
      <div class={css.line}>
        <h3 class={css.mono}>{error.message}</h3>
        <span class={css.tag} data-tone={error.count > 10 ? 'bad' : undefined}>
          {text.times(error.count, format.count(error.count))}
        </span>
      </div>
      <p class={css.note}>
        {[text.seen(format.ago(error.lastSeenAt), format.ago(error.firstSeenAt)), ...about].join(' · ')}
      </p>
      {error.stack === null ? (
        <p class={css.note}>{text.noStack}</p>
      ) : (
        <details>
          <summary>{text.stack}</summary>
          <pre class={css.stack}>{error.stack}</pre>
        </details>
      )}
    </li>
  )
}
