/** Certificate and key of a site, as paths on the machine. */
export interface Tls {
  certificate: string
  key: string
}

/** Where a certificate is asked for and renewed: before there is one, too. */
export const CHALLENGE = 'location /.well-known/acme-challenge/ { root /var/www/html; }'

/** Where a site listens: for https where it has a certificate, else for http. */
export function listening(tls: Tls | undefined, port = 80): string {
  if (!tls)
    return `listen ${port};
  listen [::]:${port};`
  return `listen 443 ssl http2;
  listen [::]:443 ssl http2;
  ssl_certificate ${tls.certificate};
  ssl_certificate_key ${tls.key};
  ssl_protocols TLSv1.2 TLSv1.3;`
}

/** What answers by http for a site that is served by https. */
export function redirect(names: readonly string[]): string {
  return `server {
  listen 80;
  listen [::]:80;
  server_name ${names.join(' ')};
  ${CHALLENGE}
  location / { return 301 https://$host$request_uri; }
}
`
}
