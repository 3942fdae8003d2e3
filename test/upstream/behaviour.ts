import { STREAM_FAULTS } from './faults.ts'
import { CONNECTION_FAULTS, STATUS_FAULTS } from './refusals.ts'

const FAULTS = { ...STREAM_FAULTS, ...STATUS_FAULTS, ...CONNECTION_FAULTS }

export type Fault = keyof typeof FAULTS

/** How the stub treats one request. */
export interface Behaviour {
  fault?: Fault
  /** For how many attempts at the same body the fault happens; every one when absent. */
  times?: number
  /** Reply text instead of the stub's own. */
  reply?: string
  /** Words of the stub's own reply. */
  words?: number
  /** Pause before the first piece, and between two, in ms. */
  waitMs?: number
  paceMs?: number
  stopReason?: string
}

const MARKER = /\[\[(fault|words|wait|pace|stop):([a-z0-9_-]+)(?:\*(\d+))?\]\]/g

/**
 * The behaviour that markers in a text ask for: `[[fault:clean-end]]`, `[[fault:overloaded*2]]` (two attempts),
 * `[[words:200]]`, `[[wait:500]]` and `[[pace:20]]` in ms, `[[stop:refusal]]`.
 * @throws Error for a fault nobody knows, so that a mistyped test does not pass
 */
export function markedBehaviour(text: string): Behaviour {
  const behaviour: Behaviour = {}
  for (const [, kind, value = '', times] of text.matchAll(MARKER)) {
    if (kind === 'fault')
      Object.assign(behaviour, { fault: knownFault(value) }, times && { times: Number(times) })
    if (kind === 'words') behaviour.words = Number(value)
    if (kind === 'wait') behaviour.waitMs = Number(value)
    if (kind === 'pace') behaviour.paceMs = Number(value)
    if (kind === 'stop') behaviour.stopReason = value
  }
  return behaviour
}

function knownFault(name: string): Fault {
  if (Object.hasOwn(FAULTS, name)) return name as Fault
  throw new Error(`The stub knows no fault named ${name}`)
}
