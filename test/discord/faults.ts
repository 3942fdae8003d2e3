/** What goes wrong with a request. With `stored`, what it asked for is done all the same. */
export type Fault =
  | { kind: 'status'; status: number; stored?: boolean }
  | { kind: 'cut'; stored?: boolean }
  | { kind: 'slow'; ms: number }
  /** What Discord says of a post that it will never take. */
  | { kind: 'refuse'; status: number; code: number }

/** What a fault may look at to choose its requests; the path holds no token. */
export interface Asked {
  method: string
  path: string
  webhookId: string | undefined
  /** The body, as text. */
  body: string
}

interface Plan {
  fault: Fault
  left: number
  when: (asked: Asked) => boolean
}

/** Faults in the order they were planned; the first that fits a request strikes it. */
export function createFaults() {
  let plans: Plan[] = []
  return {
    plan(
      fault: Fault,
      { times = Number.POSITIVE_INFINITY, when = () => true }: FaultChoice = {},
    ): () => void {
      const plan = { fault, left: times, when }
      plans.push(plan)
      return () => {
        plans = plans.filter((each) => each !== plan)
      }
    },
    take(asked: Asked): Fault | undefined {
      const plan = plans.find(({ left, when }) => left > 0 && when(asked))
      if (plan) plan.left -= 1
      return plan?.fault
    },
  }
}

export interface FaultChoice {
  /** How many requests it strikes; all, when absent. */
  times?: number
  when?: (asked: Asked) => boolean
}
