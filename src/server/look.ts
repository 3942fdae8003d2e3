import { HelixError } from '../errors.ts'
import { type Host, runOn } from '../shell/host.ts'
import { script } from '../shell/script.ts'

/** Where a user's home is, or will be once the user is made; and whether we may prepare the server at all. */
const LOOK = `
echo "uid=$(id -u)"
echo "apt=$(command -v apt-get || true)"
home=$(getent passwd "$1" | cut -d: -f6)
echo "home=\${home:-$(useradd -D | sed -n 's/^HOME=//p')/$1}"`

/**
 * The folder Helix gets on a server, absolute: one that is not is in the home of who it runs as.
 * @throws HelixError `precondition_failed` where we are not root, or there is no apt
 */
export async function folderOn(host: Host, user: string, folder: string): Promise<string> {
  const text = await runOn(host, 'look at the server', script(LOOK, user))
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  if (value('uid') !== '0')
    throw new HelixError('precondition_failed', `${host.name} is not root`, {
      hint: 'To prepare a server takes root: --host root@vps.example.com. A deploy never does.',
    })
  if (value('apt') === '')
    throw new HelixError('precondition_failed', `${host.name} has no apt-get`, {
      hint: 'Debian from 12 on and Ubuntu can be prepared. Any other with systemd and nginx serves as well: see docs/deploy.md.',
    })
  return folder.startsWith('/') ? folder : `${value('home')}/${folder}`
}
