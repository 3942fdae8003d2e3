import type { ComponentType } from 'preact'
import lazy from 'preact-iso/lazy'
import { Outdated } from './outdated.tsx'

/**
 * A page that is loaded when it is first shown. Where it cannot be, because the network is away or a release has
 * replaced it, the reader is offered to reload: never a blank page.
 *
 * @param alongside what must be there, too, before it is shown
 */
export function lazyPage<P>(
  load: () => Promise<ComponentType<P>>,
  alongside: () => Promise<void> = async () => {},
): ComponentType<P> {
  return lazy(() =>
    Promise.all([load(), alongside()]).then(
      ([page]) => page,
      (): ComponentType<P> => Outdated,
    ),
  )
}
