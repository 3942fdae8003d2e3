import type { Script } from '../../shell/script.ts'
import type { Cargo } from '../cargo.ts'

/** How a release fares as a process. */
export interface ProcessState {
  /** `ended`: it was stopped, or is not there; `failed`: it ended by itself, and is not started again. */
  state: 'running' | 'ended' | 'failed'
  /** How often it had to be started again, since it ended by itself. */
  restarts: number
}

/**
 * How releases run on a machine: as units of systemd, or otherwise. It says what is to be typed there, and types
 * nothing. Whichever it is, a release that is there has a folder `releases/<release>` in the folder of Helix, has its
 * settings from `shared/env`, and listens on `run/<release>.sock`.
 */
export interface Runner {
  /** Lines of shell that print what of a machine matters to it, a `name=value` a line. */
  readonly look: string
  /** What the machine lacks, each with what to do about it, by what `look` printed. */
  lacks(value: (name: string) => string): string[]
  /** Puts what it reads in place as the release, whole or not at all; does nothing where it is already. */
  receive(folder: string, release: string, cargo: Pick<Cargo, 'sha256'>): Script
  /** Removes a release that has ended. */
  remove(folder: string, release: string): Script
  /**
   * Starts the release beside whatever runs, and has it started again with the machine.
   * @param drainMs how long open replies may take to finish once it is stopped
   */
  start(folder: string, release: string, drainMs: number): { act: Script; input: string }
  /** Asks the release to end and does not wait: open replies may take long. */
  beginStop(folder: string, release: string): Script
  /** Ends the release and waits for it. */
  stop(folder: string, release: string): Script
  /** Prints what `readState` reads. */
  state(folder: string, release: string): Script
  readState(text: string): ProcessState
  /** Prints the last lines of its log. */
  lastLines(folder: string, release: string, count: number): Script
  /**
   * Asks the release over its own socket; prints `{status, body}`, status 0 for no answer. The token of its metrics is
   * read from its settings, so that it never leaves the machine.
   */
  ask(folder: string, release: string, path: string): Script
}
