import type { Ask } from './link.ts'

/** Pulls a copy from the owner piece by piece, so that neither side holds it whole. */
export async function* copyOut(ask: Ask, source: string): AsyncGenerator<Uint8Array> {
  const handle = await ask('copyOut', { source })
  try {
    for (;;) {
      const piece = await ask('copyNext', { handle })
      if (piece === null) return
      yield piece
    }
  } finally {
    await ask('copyEnd', { handle, whole: false }).catch(() => {})
  }
}

/** Pushes a copy to the owner piece by piece; a source that breaks gives the whole copy up. */
export async function copyIn(ask: Ask, target: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await ask('copyIn', { target })
  try {
    for await (const piece of bytes) await ask('copyFeed', { handle, bytes: piece })
  } catch (thrown) {
    await ask('copyEnd', { handle, whole: false }).catch(() => {})
    throw thrown
  }
  return ask('copyEnd', { handle, whole: true })
}
