import type { Audit } from '../audit/audit.ts'
import { type Host, runOn } from '../shell/host.ts'
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
    const { code } = await host.run(check, input === undefined ? {} : { input })
    states.push({ what, there: code === 0, command: readable(act) })
  }
  return states
}

/**
 * Brings what is missing, each thing written down before it is done; what is there is left as it is.
 * @throws HelixError `host_failed` at the first that fails; run again, it goes on from there
 */
export async function setUpServer(
  host: Host,
  tasks: readonly Task[],
  { audit, actor, note }: { audit: Audit; actor: string; note: (text: string) => void },
): Promise<string[]> {
  const done: string[] = []
  for (const task of tasks) {
    const input = task.input === undefined ? {} : { input: task.input }
    const { code } = await host.run(task.check, input)
    if (code === 0) continue
    note(task.what)
    const data = { host: host.name, what: task.what }
    await audit.act({ channel: 'commands', kind: 'server.setup.start', actor, data }, () =>
      runOn(host, task.what, task.act, { ...input, timeoutMs: 600_000 }),
    )
    done.push(task.what)
  }
  return done
}
