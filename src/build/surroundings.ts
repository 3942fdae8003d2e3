import { dirname } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a build may see of its surroundings: where programs and caches are, and nothing that could be a secret. */
export function plainEnvironment(environment: Environment, committedAt: Date): Environment {
  const kept = Object.entries(environment).filter(([name]) => HARMLESS.test(name))
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(process.execPath), environment.PATH ?? ''].join(':'),
    SOURCE_DATE_EPOCH: String(Math.floor(committedAt.getTime() / 1_000)),
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
  }
}

const HARMLESS =
  /^(?:HOME|TMPDIR|TEMP|TMP|USER|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|https?_proxy|no_proxy|npm_config_(?:registry|cache|userconfig|globalconfig|cafile))$/i
