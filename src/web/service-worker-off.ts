/** Where browsers ask for the page's service worker. */
export const SERVICE_WORKER_PATH = '/service-worker.js'

/**
 * The kill switch: a service worker that removes itself and all it cached. Served at the path of the real one, it
 * replaces that in every browser at its next look, which is at the latest when the page is next opened.
 */
export const SERVICE_WORKER_OFF = `self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('helix-')).map((name) => caches.delete(name))))
      .then(() => self.registration.unregister()),
  )
})
`
