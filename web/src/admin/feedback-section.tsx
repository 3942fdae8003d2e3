import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { Icon } from '../ui/icon.tsx'
import css from './admin.module.css'
import { Older } from './older.tsx'
import { Part } from './part.tsx'
import { usePages } from './use-pages.ts'

/** What people think of replies; not the replies. */
export function FeedbackSection() {
  const { client } = useApp()
  const { admin } = useText()
  const text = admin.feedback
  const format = useFormat()
  const pages = usePages(
    (before) => client.admin.feedback(before === undefined ? {} : { before }),
    (page) => page.feedback,
    [],
  )
  const totals = pages.loaded.value?.totals
  return (
    <Part
      title={admin.sections.feedback}
      loaded={pages.loaded}
      tools={
        totals && (
          <span class={css.note}>{text.totals(format.count(totals.up), format.count(totals.down))}</span>
        )
      }
    >
      {() =>
        pages.items.length === 0 ? (
          <p class={css.empty}>{text.none}</p>
        ) : (
          <>
            <ul class={css.list}>
              {pages.items.map((one) => (
                <li key={`${one.messageId} ${one.userId}`}>
                  <div class={css.line}>
                    <span class={css.tag} data-tone={one.rating === 'up' ? 'good' : 'bad'}>
                      <Icon name={one.rating === 'up' ? 'thumbUp' : 'thumbDown'} size={13} />{' '}
                      {text[one.rating]}
                    </span>
                    <span class={css.note}>
                      {[
                        one.model ?? text.unknownModel,
                        text.by(one.userId.slice(0, 8)),
                        format.moment(one.updatedAt),
                      ].join(' · ')}
                    </span>
                  </div>
                  {one.comment ? (
                    <p class={css.text}>{one.comment}</p>
                  ) : (
                    <p class={css.note}>{text.noComment}</p>
                  )}
                </li>
              ))}
            </ul>
            <Older pages={pages} />
          </>
        )
      }
    </Part>
  )
}
