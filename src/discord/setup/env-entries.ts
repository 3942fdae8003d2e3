import { readFile, realpath } from 'node:fs/promises'
import { withFileLock } from '../../client/node/file-lock.ts'
import { editEnvText } from '../../config/layers/edit-env.ts'
import { readEnvText } from '../../config/layers/env-text.ts'
import type { Files } from '../../files.ts'
import { parseWebhook, type WebhookAddress } from '../address.ts'

/** The webhook's address as Discord gives it out. A secret. */
export function webhookUrl({ id, token }: Pick<WebhookAddress, 'id' | 'token'>): string {
  return `https://discord.com/api/webhooks/${id}/${token}`
}

/** What an env file says, by name; nothing where there is no file. */
export async function readEntries(file: string): Promise<Map<string, string>> {
  return new Map(readEnvText(await textOf(file)).entries.map(({ name, value }) => [name, value]))
}

/** Whether a value names this webhook already, under whichever host. */
export function namesWebhook(
  value: string | undefined,
  webhook: Pick<WebhookAddress, 'id' | 'token'>,
): boolean {
  const named = value === undefined ? undefined : parseWebhook(value)
  return named?.id === webhook.id && named.token === webhook.token
}

/** Writes these variables into an env file (0600, whole or not at all); the rest stays as it is. */
export async function writeEntries(
  file: string,
  values: ReadonlyMap<string, string>,
  files: Pick<Files, 'replace'>,
): Promise<void> {
  if (values.size === 0) return
  // What a link points to is replaced, not the link.
  const place = await realpath(file).catch(() => file)
  await withFileLock(place, async () => {
    const text = editEnvText(await textOf(place), values)
    await files.replace(place, text, { names: [...values.keys()], guessable: true })
  })
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
