import { useEffect, useRef } from 'preact/hooks'
import styles from './chart.module.css'
import { onTheme, readColours } from './colours.ts'
import type { Drawing, Drawn } from './draw.ts'

interface PlotProps {
  drawing: Drawing
  label: string
  group: string | undefined
  swatches: { readonly current: readonly (HTMLElement | null)[] }
  onPoint: (place: number | null) => void
}

/** The picture of a chart. What draws it is loaded when it is first wanted; its place is kept until then. */
export function Plot({ drawing, label, group, swatches, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn>(undefined)
  const wanted = useRef(drawing)
  wanted.current = drawing

  useEffect(() => {
    const element = place.current
    if (!element) return
    let gone = false
    const size = new ResizeObserver(() => drawn.current?.resize(element.clientWidth, element.clientHeight))
    const unwatch = onTheme(() => drawn.current?.recolour())
    const colours = () => readColours(element, swatches.current)
    // A chart that cannot be loaded leaves its table, which says the same.
    import('./draw.ts').then(
      ({ draw }) => {
        if (gone) return
        drawn.current = draw({ element, colours, onPoint, group }, wanted.current)
        size.observe(element)
      },
      () => {},
    )
    return () => {
      gone = true
      size.disconnect()
      unwatch()
      drawn.current?.remove()
      drawn.current = undefined
    }
  }, [group, onPoint, swatches])

  useEffect(() => drawn.current?.show(drawing), [drawing])

  return <div ref={place} class={styles.plot} role="img" aria-label={label} />
}
