import type { Variable } from '../layers/layer.ts'
import type { Report } from '../problems.ts'
import { secretShape } from '../secret-shapes.ts'
import { allSettings } from '../settings.ts'

const SECRET_NAMES = new Set(
  allSettings.filter(({ kind }) => kind.secret).flatMap(({ env }) => env.map((name) => `VITE_${name}`)),
)

/** Reports every `VITE_*` variable that holds a secret: by its name, its looks, or because it is among `secrets`. */
export function checkViteSecrets(
  variables: readonly Variable[],
  secrets: ReadonlySet<string>,
  report: Report,
): void {
  for (const { name, value, source } of variables) {
    if (!name.startsWith('VITE_') || value === '') continue
    const isSecret = SECRET_NAMES.has(name) || secrets.has(value)
    const what = secretShape(value) ?? (isSecret ? 'a secret' : undefined)
    if (what !== undefined) {
      report.problem({
        source: source.at,
        message: `it holds ${what}, and what begins with VITE_ becomes part of the page, for everyone to read`,
        fix: 'Remove it here, and replace the secret if a page was ever built with it.',
      })
    }
  }
}
