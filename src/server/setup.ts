import type { Audit } from '../audit/audit.ts'
import { type Host, runOn } from '../shell/host.ts'
import { LIMIT_MS } from '../shell/limits.ts'
import { readable } from '../shell/script.ts'
import type { Task } from './tasks.ts'

export interface TaskState {
  what: string
  there: boolean
  command: string
}

/** Looks at what of the tasks is done already; changes nothing. */
export async function lookAtServer(host: Host, tasks: readonly Task[]): Promise<TaskState[]> {
  const states: TaskState[] = []
  for (const { what, check, act, input } of tasks) {
    const { code } = await host.run(check, { what: lookFor(what), ...(input !== undefined && { input }) })
    states.push({ what, there: code === 0, command: readable(act) })
  }
  return states
}

/**
 * Brings what is missing, each thing written down before it is done; what is there is left as it is.
 * @throws HelixError `host_failed`, `host_timeout` at the first that fails; run again, it goes on from there
 */
export async function setUpServer(
  host: Host,
  tasks: readonly Task[],
  { audit, actor, note }: { audit: Audit; actor: string; note: (text: string) => void },
): Promise<string[]> {
  const done: string[] = []
  for (const task of tasks) {
    const input = task.input === undefined ? {} : { input: task.input }
    const { code } = await host.run(task.check, { ...input, what: lookFor(task.what) })
    if (code === 0) continue
    note(task.what)
    const data = { host: host.name, what: task.what }
    await audit.act({ channel: 'commands', kind: 'server.setup.start', actor, data }, () =>
      runOn(host, task.what, task.act, { ...input, timeoutMs: LIMIT_MS.install }),
    )
    done.push(task.what)
  }
  return done
}

/** The look whether a task is done, as a failure names it. */
function lookFor(what: string): string {
  return `see whether this is done: ${what}`
}
