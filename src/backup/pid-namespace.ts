import { hash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * A name for where numbers of processes mean the same as here, of eight hexadecimal digits: this machine since it was
 * started and, on Linux, this container.
 */
export function pidNamespace(): string {
  return hash('sha256', described(), 'hex').slice(0, 8)
}

function described(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8') + readlinkSync('/proc/self/ns/pid')
  } catch {
    // Other systems have no second namespace beside their own.
    return hostname()
  }
}
