import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pageSite, policyFile, policyName } from '../../../src/release/web/static/nginx.ts'
import type { HeaderRule } from '../../../src/web/hosts.ts'
import { freePort } from '../../support/free-port.ts'

const NGINX = '/usr/sbin/nginx'

/** Why there is no nginx to serve from, for the title of the tests that then skip; null when there is. */
export const nginxUnavailable: string | null = existsSync(NGINX) ? null : `no ${NGINX}`

/** An nginx of its own, with the site Helix writes for a page. */
export async function startNginx(
  rules: readonly HeaderRule[],
  part: 'web' | 'status' = 'web',
  given?: number,
) {
  const folder = mkdtempSync(join(tmpdir(), 'helix-nginx-'))
  chmodSync(folder, 0o755)
  const policies = join(folder, 'policies')
  const pages = join(folder, 'pages')
  for (const each of [policies, join(pages, 'releases')]) mkdirSync(each, { recursive: true })
  const port = given ?? (await freePort())
  const know = (policy: string) =>
    writeFileSync(join(policies, `${policyName(policy)}.conf`), policyFile(policy))
  const site = pageSite({ part, folder: pages, names: ['127.0.0.1'], rules, policies, port })
  const log = join(folder, 'log')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/t;`,
  )
  const conf = `pid ${folder}/pid; error_log ${log} info; daemon off; worker_processes 1;
events { worker_connections 512; }
http { include /etc/nginx/mime.types; access_log off; ${paths.join(' ')}
${site} }`
  writeFileSync(join(folder, 'nginx.conf'), conf)
  const start = async () => {
    const child = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', log], {
      stdio: 'ignore',
    })
    for (let tries = 0; tries < 100; tries += 1) {
      if (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) return child
      await sleep(50)
    }
    throw new Error(`nginx does not answer: ${readFileSync(log, 'utf8').slice(-500)}`)
  }
  const first = Object.values(rules).at(-1)?.headers['Content-Security-Policy']
  if (first) know(first)
  const child = await start()
  return {
    url: `http://127.0.0.1:${port}`,
    pages,
    policies,
    know,
    /** As root does after it has told nginx of another policy. */
    reload: () => child.kill('SIGHUP'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
