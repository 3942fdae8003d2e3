import { pagePathOf } from '../../src/web/paths.ts'
import { openDocument } from './navigation.ts'
import { keepRelease, shellOf } from './releases.ts'

declare const self: ServiceWorkerGlobalScope

/** Put in by the build: what this release consists of. */
declare const RELEASE: { id: string; files: readonly string[] }

/** What a page asks its worker: whether the script the page began with is of the worker's release. */
interface Question {
  kind: 'holds'
  path: string
}

const files = new Set(RELEASE.files)

self.addEventListener('install', (event) => {
  // It takes over at once: what is cached of earlier releases stays, so that their open tabs go on working.
  event.waitUntil(keepRelease(caches, RELEASE).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  // Never a navigation preload: the browser asks for every address twice then that is not answered here, and the
  // link of a mail is spent by the first.
  event.waitUntil(Promise.all([self.registration.navigationPreload?.disable(), self.clients.claim()]))
})

self.addEventListener('message', (event) => {
  const { kind, path } = event.data as Question
  if (kind === 'holds') event.ports[0]?.postMessage(files.has(path))
})

// Everything that is not answered here, the API and the sign-in above all, goes its way as if there were no worker.
self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate') {
    if (pagePathOf(pathname) !== undefined)
      event.respondWith(openDocument(event, () => shellOf(caches, RELEASE)))
  } else if (pathname.startsWith('/assets/')) event.respondWith(fromAnyRelease(request))
  else if (files.has(pathname)) event.respondWith(fetch(request).catch(() => fromAnyRelease(request)))
})

/** A name made from its content is the same in every release, and may be of one the server no longer has. */
async function fromAnyRelease(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}
