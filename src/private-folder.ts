import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { HelixError } from './errors.ts'

/**
 * Makes a folder (0700) and those above it that are missing. Step by step, because Node's own `recursive` never
 * ends where a parent exists and yet refuses, as below `/proc`.
 * @throws HelixError `precondition_failed`, naming the folder.
 */
export function makePrivateFolder(path: string): void {
  try {
    makeWithParents(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new HelixError('precondition_failed', `Cannot make the folder ${path}: ${code ?? message}`, {
      hint: 'Choose a place where this account may write, such as another --data-dir.',
      details: { path },
      cause,
    })
  }
}

function makeWithParents(path: string): void {
  if (isFolder(path)) return
  const parent = dirname(path)
  if (parent !== path) makeWithParents(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it in between.
    if (!isFolder(path)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
