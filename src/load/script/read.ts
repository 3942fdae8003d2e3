import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { HelixError } from '../../errors.ts'
import { LoadScript, type Settings } from './schema.ts'

/**
 * Reads a load test from YAML.
 * @param environment one of its `environments`, whose settings come before the others
 * @throws HelixError `usage` with every problem and its line
 */
export function readScript(text: string, file: string, environment?: string): LoadScript {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true })
  const [broken] = document.errors
  if (broken)
    throw unreadable(file, [`line ${broken.linePos?.[0].line ?? 1}: ${broken.message.split('\n')[0]}`])
  const read = LoadScript.safeParse(document.toJS({ maxAliasCount: 1_000 }))
  if (!read.success)
    throw unreadable(
      file,
      read.error.issues.flatMap((issue) => problems(issue, lineOf)),
    )
  return environment === undefined ? read.data : inEnvironment(read.data, environment, file)

  /** Of what is there, or of the nearest above it that is. */
  function lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
}

function problems(issue: z.core.$ZodIssue, lineOf: (path: readonly PropertyKey[]) => number): string[] {
  const at = (path: readonly PropertyKey[]) => `line ${lineOf(path)}: ${path.join('.') || 'the file'}`
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${at([...issue.path, key])} is not known here`)
  return [`${at(issue.path)}: ${issue.message}`]
}

function inEnvironment(script: LoadScript, name: string, file: string): LoadScript {
  const { environments = {}, ...config } = script.config
  const chosen: Settings | undefined = Object.hasOwn(environments, name) ? environments[name] : undefined
  if (chosen) return { ...script, config: { ...config, ...chosen } }
  const known = Object.keys(environments).join(', ') || 'none'
  throw new HelixError('usage', `${file} has no environment ${name}`, { hint: `It has ${known}.` })
}

function unreadable(file: string, problems: readonly string[]): HelixError {
  return new HelixError('usage', `${file} is no load test: ${problems[0] ?? 'it is empty'}`, {
    hint: `${problems.slice(1, 10).join('; ') || 'docs/loadtest.md shows what there is.'}`,
    details: { file, problems: problems.slice(0, 50) },
  })
}
