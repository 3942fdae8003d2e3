import type { Host } from './host.ts'

/** The machine until `signal` aborts: what runs there then is ended, and nothing more is begun. */
export function untilStopped(host: Host, signal: AbortSignal): Host {
  return {
    ...host,
    run: (act, options) =>
      host.run(act, {
        ...options,
        signal: options?.signal ? AbortSignal.any([signal, options.signal]) : signal,
      }),
  }
}
