import { MOST_ENTRIES } from './queue.ts'

/** Entries in a row that Discord may refuse, one by one, before it is taken to refuse the channel. */
const MOST_LEFT_OUT = 3

/** How many entries a post holds: fewer once Discord refused one, until what was in that has passed. */
export class PostSize {
  #most = MOST_ENTRIES
  #until = 0
  #leftOut = 0

  get most(): number {
    return this.#most
  }

  /** Discord took entries up to `last`. */
  taken(last: number): void {
    this.#leftOut = 0
    if (last >= this.#until) this.#most = MOST_ENTRIES
  }

  /** Discord refused `count` entries up to `last`: whether it is worth trying with half of them. */
  halve(count: number, last: number): boolean {
    this.#until = Math.max(this.#until, last)
    if (count <= 1) return false
    this.#most = Math.ceil(count / 2)
    return true
  }

  /** Whether a single entry may be left out, and counts it. */
  leaveOut(): boolean {
    if (this.#leftOut === MOST_LEFT_OUT) return false
    this.#leftOut += 1
    return true
  }
}
