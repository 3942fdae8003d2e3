import { script } from '../../shell/script.ts'
import { REPOSITORY } from '../image.ts'
import { ASK } from './asking.ts'
import type { Runner } from './runner.ts'

/** How containers of releases are run. */
export interface DockerOptions {
  /** Whether images come through a registry, rather than packed. */
  pulled: boolean
  /** As `docker run` takes them; what is left out is Docker's own default. */
  network?: string | undefined
  memory?: string | undefined
  cpus?: number | undefined
}

/** Takes the image on stdin in, and leaves its id in `$image`. */
const LOAD = `image=$(docker load --quiet | sed -n 's/^Loaded image ID: //p')`
/** The same by the name on stdin; the tag of the release is the only name it keeps. */
const PULL = `read -r name
docker pull --quiet "$name" > /dev/null
image=$(docker image inspect --format '{{.Id}}' "$name")`

/** What an image says of itself, as `release.json` of an archive does: where to go back to is chosen by it. */
const TELL = `
const { readdirSync, readFileSync } = require('node:fs')
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const schemas = readdirSync('supabase/migrations').flatMap((name) => /^\\d{14}/.exec(name) ?? [])
console.log(JSON.stringify({ version, commit: process.argv[1] || null, databaseSchema: schemas.sort().at(-1) }))
`

/**
 * Releases as containers. What a release writes is the data directory and its socket, both mounted; all else is read
 * only. Its settings are mounted, too: as environment they would be there for everybody to read in what Docker tells of
 * the container.
 */
export function docker({ pulled, ...options }: DockerOptions): Runner {
  return {
    look: `
echo "docker=$(docker version --format '{{.Server.Os}}/{{.Server.Arch}}' 2>/dev/null || true)"
echo "security=$(docker info --format '{{join .SecurityOptions " "}}' 2>/dev/null || true)"`,
    lacks: (value) => [
      ...(value('docker') === ''
        ? [
            'its user cannot use Docker: sudo apt install docker.io, sudo usermod -aG docker $USER, then sign in again',
          ]
        : []),
      ...(/name=(rootless|userns)/.test(value('security'))
        ? [
            'its Docker runs containers as users of its own (rootless, userns-remap), which Helix cannot work with',
          ]
        : []),
    ],
    receive: (folder, release) =>
      script(
        `
cd "$1/releases"
if [ -d "$2" ]; then cat > /dev/null; exit 0; fi
rm -rf "$2.part"
mkdir "$2.part"
${pulled ? PULL : LOAD}
[ -n "$image" ]
docker tag "$image" "$3:$2"${pulled ? '\ndocker rmi "$name" > /dev/null' : ''}
made=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$image")
runs=$(docker version --format '{{.Server.Os}}/{{.Server.Arch}}')
[ "$made" = "$runs" ] || { echo "the image is for $made, the machine is $runs" >&2; exit 1; }
commit=$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$image")
docker run --rm --network none --read-only "$image" node -e "$4" "$commit" > "$2.part/release.json"
sync -f "$2.part"
mv -T "$2.part" "$2"`,
        ...[folder, release, REPOSITORY, TELL],
      ),
    remove: (folder, release) =>
      script(
        `
docker version > /dev/null
docker rm --force --volumes "helix-$2" > /dev/null 2>&1 || true
docker rmi "$3:$2" > /dev/null 2>&1 || true
cd "$1" && rm -rf "releases/$2" "releases/$2.part" "run/$2.sock"`,
        ...[folder, release, REPOSITORY],
      ),
    start: (folder, release, drainMs) => ({ act: start(folder, release, drainMs, options), input: '' }),
    // The lock's file descriptor must not stay open for as long as replies do.
    beginStop: (_folder, release) =>
      script('setsid docker stop "helix-$1" < /dev/null > /dev/null 2>&1 8>&- &', release),
    stop: (_folder, release) =>
      script(
        `
there=$(docker ps --quiet --filter "name=^helix-$1$")
[ -z "$there" ] || docker stop "$there" > /dev/null`,
        release,
      ),
    state: (_folder, release) =>
      script(
        `
there=$(docker ps --all --quiet --filter "name=^helix-$1$")
[ -z "$there" ] || docker inspect --format '{{.State.Status}} {{.RestartCount}}' "$there"`,
        release,
      ),
    readState(text) {
      const [status = '', restarts] = text.split(' ')
      // One that was created and could not be started never ran.
      const ended = ['', 'created', 'exited'].includes(status)
      return {
        state: status === 'dead' ? 'failed' : ended ? 'ended' : 'running',
        restarts: Number(restarts ?? 0),
      }
    },
    lastLines: (_folder, release, count) =>
      script('docker logs --tail "$2" "helix-$1" 2>&1', release, String(count)),
    ask: (_folder, release, path) =>
      script(
        `
answer=$(docker exec "helix-$1" node -e "$2" "/run/helix/$1.sock" "$3" /helix/.env.production 2>/dev/null) ||
  answer='{"status":0,"body":"it does not run"}'
printf '%s' "$answer"`,
        ...[release, ASK, path],
      ),
  }
}

/** What Docker asks every half minute; what it says is for people, a deploy asks by itself. */
const HEALTH =
  `node -e 'require("node:http").get({socketPath:process.argv[1],path:"/health/live",timeout:2000},` +
  `({statusCode})=>process.exit(statusCode===200?0:1)).on("error",()=>process.exit(1))'`

function start(folder: string, release: string, drainMs: number, options: Omit<DockerOptions, 'pulled'>) {
  const limits = (['network', 'memory', 'cpus'] as const)
    .flatMap((name) => (options[name] === undefined ? [] : [`--${name}=${options[name]}`]))
    .map((word) => `  ${word} \\\n`)
    .join('')
  return script(
    `
there=$(docker ps --all --quiet --filter "name=^helix-$2$")
if [ -n "$there" ]; then
  [ "$(docker inspect --format '{{.State.Running}}' "$there")" = false ] || exit 0
  docker rm --force --volumes "$there" > /dev/null
fi
docker run --detach --name "helix-$2" --restart unless-stopped --stop-timeout "$4" \\
  --user "$(id -u):$(id -g)" --read-only --tmpfs /tmp:rw,noexec,nosuid,size=64m \\
  --cap-drop ALL --security-opt no-new-privileges --pids-limit 512 \\
${limits}  --log-driver local --log-opt max-size=10m --log-opt max-file=5 \\
  --health-interval 30s --health-cmd "$5 /run/helix/$2.sock" \\
  --env HELIX_RELEASE="$2" --env HOME=/tmp \\
  --mount type=bind,source="$1/run",target=/run/helix \\
  --mount type=bind,source="$1/shared/data",target=/data \\
  --mount type=bind,source="$1/shared/env/$2.env",target=/helix/.env.production,readonly \\
  --mount type=bind,source="$1/shared/env/$2.config.ts",target=/helix/helix.config.ts,readonly \\
  "$3:$2" node --max-semi-space-size=32 dist/bin/helix.js gateway start \\
  --socket "/run/helix/$2.sock" --data-dir /data > /dev/null`,
    ...[folder, release, REPOSITORY, String(Math.ceil(drainMs / 1_000) + 30), HEALTH],
  )
}
