import { z } from 'zod'
import { runOn } from '../../shell/host.ts'
import { script } from '../../shell/script.ts'
import type { Place } from './place.ts'

/** A release that is on a machine, as what was built says of itself; null where it does not. */
export interface KeptRelease {
  release: string
  version: string | null
  commit: string | null
  /** The newest migration it knows. */
  schema: string | null
}

/** Whether, and in which names, the settings of two releases differ; values never leave the machine. */
export interface SettingsDifference {
  added: string[]
  removed: string[]
  changed: string[]
  /** Whether `helix.config.ts` differs. */
  config: boolean
}

const Manifest = z.object({
  version: z.string().nullish(),
  commit: z.string().nullish(),
  databaseSchema: z.string().nullish(),
})

const KEPT = `
cd "$1/releases"
for release in *; do
  [ -d "$release" ] || continue
  case "$release" in *[!0-9A-Za-z-]*) continue;; esac
  schema=$(ls "$release/supabase/migrations" 2>/dev/null | sed -n 's/^\\([0-9]\\{14\\}\\)_.*\\.sql$/\\1/p' | tail -n 1)
  manifest=$(tr -d '\\n\\t' < "$release/release.json" 2>/dev/null || true)
  printf '%s\\t%s\\t%s\\n' "$release" "$schema" "$manifest"
done`

/** The releases that are on a machine, oldest first. */
export async function readKept({ host, folder }: Place): Promise<KeptRelease[]> {
  const text = await runOn(host, 'look at the releases', script(KEPT, folder))
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [release = '', schema = '', manifest = ''] = line.split('\t')
      const { version, commit, databaseSchema } = manifestOf(manifest)
      return {
        release,
        version: version ?? null,
        commit: commit ?? null,
        schema: databaseSchema ?? (schema || null),
      }
    })
    .sort((a, b) => (a.release < b.release ? -1 : 1))
}

function manifestOf(text: string): z.infer<typeof Manifest> {
  try {
    return Manifest.parse(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Prints the names that only one of two env files has, or both with other values; a deploy's own token is none. */
const COMPARE = `
cd "$1/shared/env"
names() { sed -n 's/^[[:space:]]*\\(export[[:space:]]\\{1,\\}\\)\\{0,1\\}\\([A-Za-z_][A-Za-z0-9_]*\\)[[:space:]]*=.*/\\2/p' "$1" | sort -u; }
value() { sed -n "s/^[[:space:]]*\\(export[[:space:]]\\{1,\\}\\)\\{0,1\\}$1[[:space:]]*=//p" "$2"; }
[ -f "$2.env" ] && [ -f "$3.env" ] || exit 0
for name in $( (names "$2.env"; names "$3.env") | sort -u); do
  [ "$name" != HELIX_METRICS_TOKEN ] || continue
  if ! names "$2.env" | grep -qx "$name"; then echo "added=$name"
  elif ! names "$3.env" | grep -qx "$name"; then echo "removed=$name"
  elif [ "$(value "$name" "$2.env")" != "$(value "$name" "$3.env")" ]; then echo "changed=$name"; fi
done
cmp -s "$2.config.ts" "$3.config.ts" || echo config=differs`

/** In which settings `to` differs from `from`. */
export async function settingsBetween(
  { host, folder }: Place,
  from: string,
  to: string,
): Promise<SettingsDifference> {
  const text = await runOn(host, 'compare the settings', script(COMPARE, folder, from, to))
  const values = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value as string)
  return {
    added: values('added'),
    removed: values('removed'),
    changed: values('changed'),
    config: values('config').length > 0,
  }
}
