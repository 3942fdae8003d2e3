/** One line of a plot; a gap where there is no value. */
export interface Line {
  name: string
  /** CSS class, which has the colour. */
  kind: string
  points: readonly (readonly [number, number | null])[]
}

interface Plot {
  title: string
  lines: readonly Line[]
  x: { label: string; tell: (value: number) => string; at?: readonly number[] }
  y: { label: string }
}

const SIZE = { width: 860, height: 260, left: 64, right: 28, top: 16, bottom: 40 }

/** A plot as SVG, to stand in a page that loads nothing. */
export function plotSvg({ title, lines, x, y }: Plot): string {
  const points = lines.flatMap((line) => line.points)
  const xs = points.map(([at]) => at)
  const [from, to] = [Math.min(0, ...xs), Math.max(1, ...xs)]
  const top = nice(Math.max(1, ...points.map(([, value]) => value ?? 0)))
  const { width, height, left, right, bottom } = SIZE
  const px = (value: number) => left + ((value - from) / (to - from)) * (width - left - right)
  const py = (value: number) => height - bottom - (value / top) * (height - SIZE.top - bottom)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top)
  const marks = x.at ?? [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from))
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${px1(py(tick))}" y2="${px1(py(tick))}"/>` +
      `<text class="tick" x="${left - 8}" y="${px1(py(tick) + 4)}" text-anchor="end">${told(tick)}</text>`,
  )
  const axis = marks.map(
    (mark) =>
      `<text class="tick" x="${px1(px(mark))}" y="${height - bottom + 18}" text-anchor="middle">${x.tell(mark)}</text>`,
  )
  const drawn = lines.map(({ kind, points: all }) => `<path class="line ${kind}" d="${path(all, px, py)}"/>`)
  const legend = lines.map(
    ({ name, kind }) => `<span class="key"><i class="${kind}"></i>${escapeHtml(name)}</span>`,
  )
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
${grid.join('')}${axis.join('')}
<text class="tick" x="${(left + width - right) / 2}" y="${height - 4}" text-anchor="middle">${escapeHtml(x.label)}</text>
<text class="tick" transform="translate(14 ${height / 2 - 12}) rotate(-90)" text-anchor="middle">${escapeHtml(y.label)}</text>
${drawn.join('')}</svg>
<div class="legend">${legend.join('')}</div></figure>`
}

function path(points: Line['points'], px: (value: number) => number, py: (value: number) => number): string {
  let down = false
  return points
    .map(([at, value]) => {
      if (value === null) {
        down = false
        return ''
      }
      const move = down ? 'L' : 'M'
      // A point alone is drawn as well.
      const dot = down ? '' : 'h0.1'
      down = true
      return `${move}${px1(px(at))} ${px1(py(value))}${dot}`
    })
    .join('')
}

function px1(value: number): string {
  return value.toFixed(1)
}

function told(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1)
}

/** The next round number. */
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 4, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
