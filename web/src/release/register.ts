/** Of Trusted Types what is used here; the platform's types have none. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL: (url: string) => unknown
  }
}

const PATH = '/service-worker.js'

/** Registers the service worker, once the page has all it needs itself. */
export async function registerWorker(workers: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> {
  if (document.readyState !== 'complete')
    await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }))
  return workers.register(vouchedFor() as string, { scope: '/' })
}

/** The only script address the page ever vouches for, where its policy asks for that. */
function vouchedFor(): unknown {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes }
  if (!trustedTypes) return PATH
  return trustedTypes.createPolicy('helix', { createScriptURL: () => PATH }).createScriptURL(PATH)
}
