import { fsyncSync } from 'node:fs'
import type { PGlite, postgresMod } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** The part of the engine's file system that forces a file to disk; it ships without one. */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: { nfd: number }) => number }
}

const NOT_A_FILE = new Set(['EBADF', 'EINVAL'])

/**
 * PGlite's file system on a directory, with an fsync that reaches the disk: as shipped, what was committed
 * survives a crash of the process, but not a loss of power.
 */
export class DurableNodeFS extends NodeFS {
  fsyncs = 0

  override async init(pg: PGlite, options: Partial<postgresMod.PostgresMod>): ReturnType<NodeFS['init']> {
    const started = await super.init(pg, options)
    started.emscriptenOpts.preRun?.push((mod) => {
      const files = mod.NODEFS as unknown as NodeFileSystem
      files.stream_ops.fsync = ({ nfd }) => {
        this.fsyncs += 1
        force(nfd)
        return 0
      }
    })
    return started
  }
}

function force(descriptor: number): void {
  try {
    fsyncSync(descriptor)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!NOT_A_FILE.has(code)) throw error
  }
}
