import { type Script, script } from './script.ts'

/**
 * Ends the script that calls itself `helix-` and this mark, with all it has started, and waits until they have ended:
 * asked to for three seconds, then killed. sshd gives each script a process group of its own. Fails where one is left.
 * @param mark of letters, digits and dashes
 */
export function endMarked(mark: string): Script {
  return script(
    `
for found in $(grep -lzx -- "[h]elix-$1" /proc/[0-9]*/cmdline 2>/dev/null || true); do
  group=$(sed 's/.*) . [0-9]* \\([0-9]*\\) .*/\\1/' "\${found%cmdline}stat" 2>/dev/null) || continue
  for signal in TERM 0 0 0 0 0 0 0 0 0 KILL 0 0 0 0; do
    kill -s "$signal" -- "-$group" 2>/dev/null || break
    sleep 0.3
  done
done
! grep -qzx -- "[h]elix-$1" /proc/[0-9]*/cmdline 2>/dev/null`,
    mark,
  )
}
