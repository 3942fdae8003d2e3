import type { AuditVerification } from '../../../src/contract/admin/audit.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { Banner } from '../ui/banner.tsx'
import css from './admin.module.css'

/** What looking at every entry came to. */
export function AuditResult({ verification, format }: { verification: AuditVerification; format: Format }) {
  const { audit: text } = useText().admin
  const { findings, entries, durationMs, complete, signedSize, startedAt } = verification
  const kind = findings.length > 0 ? 'bad' : complete ? 'good' : 'warning'
  const said =
    findings.length > 0
      ? text.unsound(findings.length)
      : complete
        ? text.sound(format.count(entries), format.duration(durationMs))
        : text.unfinished(format.count(entries))
  return (
    <Banner kind={kind}>
      <strong>{said}</strong>{' '}
      <span class={css.note}>
        {[
          ...(signedSize === null ? [] : [text.signed(format.count(signedSize))]),
          text.verifiedAt(format.ago(startedAt)),
        ].join(' ')}
      </span>
      {findings.length > 0 && (
        <ul class={css.updates}>
          {findings.map((finding) => (
            <li key={`${finding.kind} ${finding.seq}`}>
              <strong>{finding.kind}</strong> {text.at(format.count(finding.seq))}
              <p class={css.text}>{finding.message}</p>
            </li>
          ))}
        </ul>
      )}
    </Banner>
  )
}
