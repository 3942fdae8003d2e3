/**
 * A POSIX shell script and the words it is given as `$1`, `$2` and so on. Values are never pasted into the text, so
 * no value can become a command; secrets belong in neither, but on stdin.
 */
export interface Script {
  readonly text: string
  readonly words: readonly string[]
}

/** A script of these lines, given these words. It ends at the first command that fails. */
export function script(text: string, ...words: readonly string[]): Script {
  return { text: `set -eu\n${text.trim()}`, words }
}

/**
 * The script as one line that any POSIX shell runs, as over SSH.
 * @param name what it calls itself among the processes there
 */
export function commandLine({ text, words }: Script, name = 'helix'): string {
  return ['sh', '-c', quote(text), quote(name), ...words.map(quote)].join(' ')
}

/** The script as a person reads it: its lines, with the words in place. */
export function readable({ text, words }: Script): string {
  const word = (place: string) => words[Number(place) - 1] ?? ''
  return text
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .replaceAll(/(^|[\s=(])"\$(\d)"/g, (_whole, before, place) => before + quote(word(place)))
        .replaceAll(/\$(\d)/g, (_whole, place) => word(place)),
    )
    .join('\n')
}

/** The word as a shell reads it back unchanged. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
