import type { Check } from './check.ts'
import { claudeKey, configNotices, configValid, dataDirPrivate } from './configuration.ts'
import { auditHead, databaseReachable, schemaCurrent, signinsReadable } from './database.ts'
import { privateSocket, runFile } from './gateway.ts'
import { clock, databaseClock, diskSpace, nodeVersion, portFree } from './machine.ts'

/** Every check there is, in the order they are shown. */
export const checks: readonly Check[] = [
  nodeVersion,
  clock,
  diskSpace,
  configValid,
  configNotices,
  claudeKey,
  dataDirPrivate,
  databaseReachable,
  schemaCurrent,
  databaseClock,
  auditHead,
  signinsReadable,
  portFree,
  privateSocket,
  runFile,
]
