import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { redact } from '../audit/redact.ts'
import { asHelixError, HelixError } from '../errors.ts'
import type { RunProgram } from '../programs.ts'
import { safeText } from '../ui/safe-text.ts'
import type { Step } from './steps.ts'

/** Where a checkout keeps the programs that are run beside its deploys. */
const HOOKS_FOLDER = 'deploy/hooks'
/** Those a deploy waits for and heeds, and those it merely tells. */
const HEEDED = ['pre-deploy', 'pre-switch'] as const
const TOLD = ['post-deploy', 'on-failure'] as const
type Heeded = (typeof HEEDED)[number]
type Told = (typeof TOLD)[number]

/** What a hook is told, each as `HELIX_DEPLOY_` and the name in capitals; no secret is among it. */
export interface HookFacts {
  release: string
  /** Empty before the first. */
  previous: string
  target: string
  kind: 'deploy' | 'roll-back'
  by: string
  reason: string
  /** Once it is over: `live`, `undone`, or `stuck` where undoing failed. */
  outcome?: string
  failure?: string
}

/** The programs a checkout has for its deploys. */
export interface Hooks {
  has(name: Heeded): boolean
  /**
   * Runs one that the deploy waits for, and ends it with the deploy.
   * @throws HelixError `deploy_failed` with the end of what it printed; what `signal` aborted with
   */
  heed(name: Heeded, facts: HookFacts, signal: AbortSignal): Promise<void>
  /** Tells one how it ended, if it is there; whatever becomes of that changes nothing. */
  tell(name: Told, facts: HookFacts): Promise<void>
}

interface HookDeps {
  root: string
  /** The environment of settings: `production`. */
  env: string
  /** Runs a program, written down before it runs. */
  launch: RunProgram
  environment: Readonly<Record<string, string | undefined>>
  timeoutMs: number
  note: (text: string) => void
}

const SHOWN_LINES = 20

/**
 * Looks for the hooks of a checkout.
 * @throws HelixError `precondition_failed` for one that may not be executed: nobody would notice that it never runs
 */
export async function findHooks(deps: HookDeps): Promise<Hooks> {
  const there: string[] = []
  for (const name of [...HEEDED, ...TOLD]) {
    const path = join(deps.root, HOOKS_FOLDER, name)
    if (!(await stat(path).catch(() => undefined))?.isFile()) continue
    await access(path, constants.X_OK).catch((cause: unknown) => {
      throw new HelixError('precondition_failed', `${HOOKS_FOLDER}/${name} cannot be executed`, {
        hint: `chmod +x ${HOOKS_FOLDER}/${name}, or remove it.`,
        cause,
      })
    })
    there.push(name)
  }
  return {
    has: (name) => there.includes(name),
    heed: (name, facts, signal) => runHook(deps, name, facts, signal),
    async tell(name, facts) {
      if (!there.includes(name)) return
      await runHook(deps, name, facts).catch((thrown: unknown) => {
        const { message, hint } = asHelixError(thrown)
        deps.note([message, hint].filter(Boolean).join(': '))
      })
    },
  }
}

async function runHook(
  { root, env, launch, environment, timeoutMs, note }: HookDeps,
  name: Heeded | Told,
  facts: HookFacts,
  ending?: AbortSignal,
): Promise<void> {
  const told = Object.entries({ ...facts, env, hook: name }).map(([key, value]) => [
    `HELIX_DEPLOY_${key.toUpperCase()}`,
    String(value),
  ])
  const late = AbortSignal.timeout(timeoutMs)
  try {
    const said = await launch({
      program: join(root, HOOKS_FOLDER, name),
      args: [],
      cwd: root,
      environment: { ...environment, ...Object.fromEntries(told) },
      signal: ending ? AbortSignal.any([late, ending]) : late,
    })
    for (const line of lastLines(said)) note(`${name}: ${line}`)
  } catch (thrown) {
    ending?.throwIfAborted()
    const why = late.aborted ? `it took longer than ${timeoutMs / 1_000} s` : asHelixError(thrown).message
    throw new HelixError('deploy_failed', `The hook ${name} failed`, {
      hint: lastLines(why).join('\n'),
      details: { hook: name },
      cause: thrown,
    })
  }
}

function lastLines(text: string): string[] {
  return safeText(redact(text.trim()))
    .split('\n')
    .filter((line) => line !== '')
    .slice(-SHOWN_LINES)
}

/** The steps with their hooks: the first waits for `pre-deploy`, the switch for `pre-switch`. */
export function hooked(
  steps: readonly Step[],
  hooks: Hooks | undefined,
  facts: HookFacts,
  signal: AbortSignal,
): Step[] {
  return steps.map((step, place) => {
    const name = place === 0 ? 'pre-deploy' : step.name === 'switch' ? 'pre-switch' : undefined
    if (name === undefined || !hooks?.has(name)) return step
    const what = `run ${name}; its failure stops the deploy`
    return {
      ...step,
      plan: async () => [{ where: 'here', what, command: `${HOOKS_FOLDER}/${name}` }, ...(await step.plan())],
      async run() {
        await hooks.heed(name, facts, signal)
        return step.run()
      },
    }
  })
}
