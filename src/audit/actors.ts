import { userInfo } from 'node:os'

/** Who types a command: `cli:<name>`, the name reduced to what an entry can carry. */
function cliActor(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.@+-]+/g, '-')
    .slice(0, 64)
  return `cli:${plain === '' ? 'unknown' : plain}`
}

/** Whoever runs this process; a number where the machine has no name for it, as in containers. */
export function typist(): string {
  try {
    return cliActor(userInfo().username)
  } catch {
    return cliActor(String(process.getuid?.() ?? ''))
  }
}
