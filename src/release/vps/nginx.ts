import { CHALLENGE, listening, redirect, type Tls } from '../nginx.ts'

/** What the site answers for. */
export interface Site {
  /** The folder Helix has on the machine. */
  folder: string
  /** Host names, the first one the usual. */
  names: readonly string[]
  /** Without a certificate it speaks HTTP alone. */
  tls?: Tls
}

/** The longest time a stream may be silent: the gateway sends a ping every 15 s. */
const SILENCE_S = 75

/**
 * The nginx site before the gateway. The socket is found anew with every request, through a symlink that a deploy
 * swaps, so that nginx is never reloaded.
 */
export function nginxSite({ folder, names, tls }: Site): string {
  const served = tls ? [redirect(names), server({ folder, names, tls })] : [server({ folder, names })]
  return `# Written by helix server setup; changes are overwritten.
${served.join('\n')}`
}

function server({ folder, names, tls }: Site): string {
  return `server {
  ${listening(tls)}
  server_name ${names.join(' ')};
  client_max_body_size 4m;
  keepalive_requests 100000;

  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  # Replies are streams: what a token costs to wait for in a buffer, everybody sees.
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_cache off;
  proxy_read_timeout ${SILENCE_S}s;
  proxy_intercept_errors off;
${tls ? '' : `\n  ${CHALLENGE}\n`}
  location / {
    proxy_pass http://unix:${folder}/run/gateway.sock;
  }

  # The one request a release gets before the switch. The deploy makes a socket of this name for a minute; nobody else
  # knows it, and the release takes no pass but its own.
  location ~ "^/health/probe/(?<helix_pass>[0-9A-Za-z_-]{20,60})$" {
    proxy_pass http://unix:${folder}/run/probe.$helix_pass:$request_uri;
  }
}
`
}
