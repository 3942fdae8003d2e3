import type { Vps } from '../support/vps.ts'

/** Far the most of what gateways write: too much to bring here. */
const WENT_WELL = '"event":"request".*"status":[1-4]'

/**
 * What a machine says of the time since a moment, oldest first: the steps of its deploys, what its gateways wrote but
 * for requests that went well, and what nginx could not pass on.
 */
export function happenedOn({ asRoot }: Pick<Vps, 'asRoot'>, folder: string, since: Date): string[] {
  const told = asRoot(`cat ${folder}/releases.jsonl
journalctl -q -o cat -t helix --since @${Math.floor(since.getTime() / 1_000)} | grep '^{' | grep -v '${WENT_WELL}' || true
cat /var/log/nginx/error.log`)
  return told
    .split('\n')
    .map((line) => (line.startsWith('{') ? ofJson(line) : ofNginx(line)))
    .filter((each) => each !== undefined && each.at >= since)
    .sort((a, b) => Number(a?.at) - Number(b?.at))
    .map((each) => `${each?.at.toISOString()} ${each?.text}`)
}

function ofJson(line: string) {
  const { at, by: _, token: __, ...said } = JSON.parse(line) as Record<string, unknown>
  return { at: new Date(String(at)), text: JSON.stringify(said) }
}

/** Whole seconds of local time, as nginx writes it. */
function ofNginx(line: string) {
  const [, day, time, text] = /^(\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d) (.*)$/.exec(line) ?? []
  if (text === undefined) return undefined
  return { at: new Date(`${day} ${time}.999`), text: `nginx ${text}` }
}
