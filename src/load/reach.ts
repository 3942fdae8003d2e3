import type { LoadScript, Step } from './script/schema.ts'

/**
 * Every place that stands in a test, as scheme, name and port: that of the target first. Where variables make a place,
 * only the test itself shows it.
 */
export function originsOf({ scenarios, before, after }: LoadScript, target: string): string[] {
  const flows = [...scenarios, before, after].flatMap((each) => each?.flow ?? [])
  const places = urlsIn(flows)
    .map((url) => URL.parse(url, target))
    .filter((url) => url !== null && /^https?:$/.test(url.protocol) && !url.host.includes('{{'))
  return [...new Set([new URL(target).origin, ...places.map((url) => url?.origin as string)])]
}

function urlsIn(flow: readonly Step[]): string[] {
  return flow.flatMap((step) => {
    if ('loop' in step) return urlsIn(step.loop)
    if ('parallel' in step) return urlsIn(step.parallel)
    return Object.values(step).flatMap((asked) => (typeof asked === 'object' ? [asked.url] : []))
  })
}
