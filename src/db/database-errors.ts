import { HelixError } from '../errors.ts'
import { connectionHint, NO_PASSWORD } from './connection-hint.ts'

/** Where a database is, in words that may be shown: never a password. */
export interface DatabaseAddress {
  host: string
  port: number
  database: string
  user: string
}

export function unreachable(address: DatabaseAddress, cause: unknown): HelixError {
  const { host, port, database, user } = address
  return new HelixError(
    'database_unreachable',
    `Cannot reach database "${database}" at ${host}:${port} as "${user}": ${reason(cause)}`,
    {
      hint: connectionHint(cause, address),
      next: ['helix doctor'],
      details: { host, port, database, user },
      cause,
    },
  )
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return 'the connection failed'
  if (NO_PASSWORD.test(cause.message)) return 'the server wants a password and none is given'
  if (cause.message !== '') return cause.message
  return 'code' in cause ? String(cause.code) : cause.name
}

export function lockHeld(name: string, waitMs: number): HelixError {
  return new HelixError('lock_held', `"${name}" is held by another process; waited ${waitMs} ms for it`, {
    hint: 'Wait until the other one has finished, then run this again.',
    details: { lock: name },
  })
}

export function transactionExpired(leaseMs: number): HelixError {
  return new HelixError(
    'transaction_expired',
    `The transaction was idle for ${leaseMs} ms and was rolled back`,
    {
      hint: 'Keep slow work (network, prompts) out of transactions, and use only the transaction inside one.',
    },
  )
}

export function databaseClosed(): HelixError {
  return new HelixError('database_unreachable', 'The database was closed', {
    hint: 'The process that used it is shutting down; start it again.',
  })
}
