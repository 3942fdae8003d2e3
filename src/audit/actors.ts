/** Who types a command: `cli:<name>`, the name reduced to what an entry can carry. */
export function cliActor(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.@+-]+/g, '-')
    .slice(0, 64)
  return `cli:${plain === '' ? 'unknown' : plain}`
}
