/** What every release goes through, in this order. */
export const STEPS = [
  'plan',
  'lock',
  'env',
  'backup',
  'migrate',
  'upload',
  'boot',
  'probe',
  'switch',
  'watch',
  'prune',
] as const

export type StepName = (typeof STEPS)[number]

/** A change a step will make, as `--plan` prints it. */
export interface PlannedChange {
  /** Where: a host, a service, `here`. */
  where: string
  what: string
  /** The command, where there is one. */
  command?: string
}

/**
 * One step of one release. `run` and `undo` may be called again after a crash in the middle of them, and then end as
 * if they had been called once.
 */
export interface Step {
  name: StepName
  /** Whether its failure says that the release is bad, rather than that something could not be done. */
  gate?: true
  /** Whether the release serves for good by then: its failure undoes nothing, since what went before may be gone. */
  afterwards?: true
  plan(): Promise<PlannedChange[]> | PlannedChange[]
  /** Resolves to what is worth a line in the log, if anything. */
  run(): Promise<string | undefined>
  /** Puts back what `run` changed; absent where it changes nothing that matters. */
  undo?(): Promise<void>
}
