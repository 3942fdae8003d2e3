import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { docker } from './image.ts'
import type { Desk } from './typed.ts'

/** What has images besides Docker. */
export type OtherEngine = 'podman' | 'buildah'

/** Whether one of them is installed and answers. */
export function answers(engine: OtherEngine): boolean {
  try {
    execFileSync(engine, ['info'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * A desk where this engine alone answers, and has the image that Docker has here under a name; `image` is how it calls
 * that. The registry is spoken to without TLS.
 */
export function deskWith(
  engine: OtherEngine,
  { name, registry }: { name: string; registry: string },
): Desk & { image: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), `helix-${engine}-`))
  const [programs, archive] = [join(folder, 'bin'), join(folder, 'image.tar')]
  const [storage, registries] = [join(folder, 'storage.conf'), join(folder, 'registries.conf')]
  mkdirSync(programs)
  for (const absent of ['docker', 'podman'].filter((each) => each !== engine)) {
    writeFileSync(join(programs, absent), '#!/bin/sh\nexit 1\n')
    chmodSync(join(programs, absent), 0o755)
  }
  const places = `runroot = "${folder}/run"\ngraphroot = "${folder}/images"`
  writeFileSync(storage, `[storage]\ndriver = "overlay"\n${places}\n`)
  writeFileSync(registries, `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`)
  const environment = {
    PATH: `${programs}:${process.env.PATH}`,
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_REGISTRIES_CONF: registries,
  }
  docker('save', '--output', archive, name)
  const image = execFileSync(engine, ['pull', '--quiet', `docker-archive:${archive}`], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  return {
    environment,
    image: image.trim(),
    remove() {
      // Podman mounts the folder of its layers on itself, and leaves it so.
      execFileSync('sh', ['-c', 'umount "$1/images/overlay" 2>/dev/null; rm -rf "$1"', 'sh', folder])
    },
  }
}
