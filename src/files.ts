import { rm, stat } from 'node:fs/promises'
import { createPrivateFile, replacePrivateFile, streamPrivateFile } from './signin/private-file.ts'

/** What is unusual about a file. */
export interface FileOptions {
  /** Who may read it, before the process's umask; its owner alone (0600) unless told. */
  mode?: number
  /** The path that the log tells instead, where the true one would name a person. */
  as?: string
  /** Holds little else than what could be guessed from a digest, such as a password in words: none is told. */
  guessable?: boolean
  /** Names of what is set in it. */
  names?: readonly string[]
}

/** The way Helix writes files: readable by their owner alone, whole or not at all, synced. */
export interface Files {
  /** Makes the file, unless it is there by now. */
  create(path: string, content: string, options?: FileOptions): Promise<void>
  /** Puts the content in place of whatever was there. */
  replace(path: string, content: string, options?: FileOptions): Promise<void>
  /** The same, written piece by piece; the file appears when `write` resolves. */
  stream<T>(path: string, write: (append: (text: string) => Promise<void>) => Promise<T>): Promise<T>
  /** Removes the file; nothing is done where there is none. */
  remove(path: string, options?: FileOptions): Promise<void>
}

/** Writes without a word to the log: what the log itself is made of, and tests. */
export const plainFiles: Files = {
  create: (path, content, { mode } = {}) => createPrivateFile(path, content, mode),
  replace: (path, content, { mode } = {}) => replacePrivateFile(path, content, mode),
  stream: streamPrivateFile,
  remove: (path) => rm(path, { force: true }),
}

/** Whether something is there. */
export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
