import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { alone, stack, type Values } from './stack.ts'

/** What to draw, and how its axes are written. */
export interface Drawing {
  /** Bars stand on each other, one place a bar; lines run along time, each place a moment in ms. */
  kind: 'bars' | 'lines'
  at: readonly number[]
  series: readonly Values[]
  writeX: (at: number) => string
  writeY: (value: number) => string
  /** Whether only whole values occur. */
  whole: boolean
  /** How far the axis of values goes at least. */
  least: number
}

/** Colours as they are at the moment, as a canvas takes them. */
export interface Colours {
  series: readonly string[]
  text: string
  line: string
}

/** A chart on the page. */
export interface Drawn {
  show(drawing: Drawing): void
  resize(width: number, height: number): void
  /** Draws anew in the colours there are now. */
  recolour(): void
  remove(): void
}

interface Host {
  element: HTMLElement
  colours: () => Colours
  /** Told over which place the pointer is; null when it leaves. */
  onPoint: (place: number | null) => void
  /** Charts of one group point at the same place. */
  group: string | undefined
}

/** Draws a chart into an element whose size is known; draws nothing else of the page. */
export function draw(host: Host, first: Drawing): Drawn {
  let drawing = first
  let plot = make()

  function make(): uPlot {
    const { clientWidth: width, clientHeight: height } = host.element
    return new uPlot(
      optionsOf(host, () => drawing, { width, height }),
      dataOf(drawing),
      host.element,
    )
  }

  return {
    show(next) {
      const same = next.kind === drawing.kind && next.series.length === drawing.series.length
      drawing = next
      if (same) return plot.setData(dataOf(next))
      plot.destroy()
      plot = make()
    },
    resize: (width, height) => plot.setSize({ width, height }),
    recolour: () => plot.redraw(false, true),
    remove: () => plot.destroy(),
  }
}

/** Bars stand at 0, 1, 2 …; of a stack the highest is drawn first, so that the lower ones cover its foot. */
function dataOf({ kind, at, series }: Drawing): uPlot.AlignedData {
  if (kind === 'lines') return [at.map((ms) => ms / 1000), ...series.map((values) => [...values])]
  return [at.map((_, place) => place), ...stack(series).reverse()]
}

function optionsOf(
  { colours, onPoint, group }: Host,
  drawing: () => Drawing,
  size: { width: number; height: number },
): uPlot.Options {
  const { kind, series, whole } = drawing()
  const bars = kind === 'bars'
  const colourOf = (index: number) => () =>
    colours().series[bars ? series.length - 1 - index : index] ?? colours().text
  const grid = { stroke: () => colours().line, width: 1 }
  const axis = { stroke: () => colours().text, font: FONT, ticks: { show: false } }
  return {
    ...size,
    padding: [8, bars ? 4 : 20, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: !bars },
      ...(group === undefined ? {} : { sync: { key: group } }),
    },
    scales: {
      x: { time: !bars, ...(bars ? { range: () => [-0.5, Math.max(drawing().at.length, 1) - 0.5] } : {}) },
      y: { range: (_, __, most) => [0, Math.max(most * 1.06, drawing().least)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 64,
        ...(bars ? { incrs: [1, 2, 5, 7, 10, 14, 30, 60] } : {}),
        values: (_, splits) => splits.map((split) => writeTick(drawing(), split)),
      },
      {
        ...axis,
        grid,
        space: 36,
        ...(whole ? { incrs: WHOLE } : {}),
        size: (_, values) => Math.max(36, ...(values ?? []).map((text) => text.length * 6.6 + 14)),
        values: (_, splits) => splits.map((split) => drawing().writeY(split)),
      },
    ],
    series: [
      {},
      ...series.map((_, index) => ({
        stroke: colourOf(index),
        width: bars ? 0 : 1.5,
        // A line needs two values; one alone is a dot.
        points: { show: !bars, size: 5, filter: (_: uPlot, place: number) => loners(drawing(), place - 1) },
        ...(bars ? { fill: colourOf(index), paths: barPaths() } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  }
}

const FONT = '12px system-ui, -apple-system, "Segoe UI", sans-serif'
const WHOLE = [1, 2, 5]
  .flatMap((one) => Array.from({ length: 12 }, (_, power) => one * 10 ** power))
  .sort((a, b) => a - b)

function barPaths(): uPlot.Series.PathBuilder {
  const paths = uPlot.paths.bars?.({ size: [0.72, 40], radius: 0 })
  if (!paths) throw new Error('This uPlot draws no bars')
  return paths
}

function loners({ series }: Drawing, index: number): number[] {
  return alone(series[index] ?? [])
}

function writeTick({ kind, at, writeX }: Drawing, split: number): string {
  if (kind === 'lines') return writeX(split * 1000)
  const moment = at[split]
  return moment === undefined ? '' : writeX(moment)
}
