import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { Mail } from '../../../src/signin/mail/mail.ts'

/** The mail at a path, once it is there. */
export async function mailOf(path: string): Promise<{ code: string; link: string }> {
  let mail: Mail | undefined
  await expect
    .poll(
      async () => {
        mail = await readFile(path, 'utf8').then(
          (text) => JSON.parse(text) as Mail,
          () => undefined,
        )
        return mail !== undefined
      },
      { timeout: 5_000, message: `no mail at ${path}` },
    )
    .toBe(true)
  return { code: mail?.code ?? '', link: mail?.link ?? '' }
}
