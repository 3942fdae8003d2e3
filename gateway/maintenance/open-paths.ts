/**
 * What answers during maintenance: how the gateway is, how an operator signs in, and how one ends it. A new account, a
 * mailed link for a new password and the like can wait.
 */
const OPEN: readonly RegExp[] = [
  /^\/health(?:\/live|\/ready|\/probe(?:\/[^/]+)?)?$/,
  /^\/metrics$/,
  /^\/config\.json$/,
  /^\/api\/status$/,
  /^\/api\/admin\/maintenance$/,
  /^\/maintenance\/[^/]+$/,
  /^\/local\/token$/,
  /^\/auth\/v1\/(?:token|otp|magiclink|verify|logout|settings|health|\.well-known\/jwks\.json)$/,
  /^\/auth\/v1\/factors\/[^/]+\/(?:challenge|verify)$/,
]

/** What may be read: who is signed in, the parts of the page that operators need, and what an open page may still load. */
const READABLE =
  /^\/(?:auth\/v1\/user|status|sign-in|admin(?:\/.*)?|assets\/.*|[^/]+\.(?:js|css|svg|png|ico|webmanifest))$/

/** Whether a request is answered during maintenance, whoever asks. */
export function staysOpen(method: string, path: string): boolean {
  if (method === 'OPTIONS' || OPEN.some((pattern) => pattern.test(path))) return true
  return (method === 'GET' || method === 'HEAD') && READABLE.test(path)
}
