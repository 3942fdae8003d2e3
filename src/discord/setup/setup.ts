import type { Files } from '../../files.ts'
import { parseWebhook } from '../address.ts'
import { namesWebhook, readEntries, webhookUrl, writeEntries } from './env-entries.ts'
import type { FoundRoom, Look } from './look.ts'
import { createMaker, type MakerDeps } from './maker.ts'
import { CATEGORY } from './rooms.ts'

/** One thing that is to be made or written. */
export interface Step {
  make: 'category' | 'channel' | 'webhook' | 'entry'
  /** `#helix-api` for a channel and its webhook, the variable for an entry. */
  name: string
  /** Where an entry names another webhook now, that one's id. */
  replaces?: string
}

/** What is missing, in the order it is made; empty where everything is there. */
export async function planSetup({ categoryId, rooms }: Look, file: string): Promise<Step[]> {
  const entries = await readEntries(file)
  const steps: Step[] = categoryId === undefined ? [{ make: 'category', name: CATEGORY }] : []
  for (const { id, name, webhook } of rooms) {
    if (id === undefined) steps.push({ make: 'channel', name: `#${name}` })
    if (webhook === undefined) steps.push({ make: 'webhook', name: `#${name}` })
  }
  for (const { webhook, variable } of rooms) {
    const value = entries.get(variable)
    if (webhook && namesWebhook(value, webhook)) continue
    const replaces = value === undefined ? undefined : parseWebhook(value)?.id
    steps.push({ make: 'entry', name: variable, ...(replaces !== undefined && { replaces }) })
  }
  return steps
}

interface SetupDeps extends MakerDeps {
  files: Files
  /** The env file. */
  file: string
}

/** Makes what the look found missing, each thing announced before; resolves to the server as it is then. */
export async function setUp(look: Look, deps: SetupDeps): Promise<Look> {
  const { file, files } = deps
  const maker = createMaker(look, deps)
  const categoryId = look.categoryId ?? (await maker.channel({ name: CATEGORY, type: 4 }))
  const rooms: FoundRoom[] = []
  for (const room of look.rooms) {
    const { name, topic } = room
    const id = room.id ?? (await maker.channel({ name, topic, type: 0, parent_id: categoryId }))
    rooms.push({ ...room, id, webhook: room.webhook ?? (await maker.webhook(id, name)) })
  }
  await writeEntries(file, await newEntries(rooms, file), files)
  return { ...look, categoryId, rooms }
}

async function newEntries(rooms: readonly FoundRoom[], file: string): Promise<Map<string, string>> {
  const entries = await readEntries(file)
  const values = new Map<string, string>()
  for (const { webhook, variable } of rooms)
    if (webhook && !namesWebhook(entries.get(variable), webhook)) values.set(variable, webhookUrl(webhook))
  return values
}
