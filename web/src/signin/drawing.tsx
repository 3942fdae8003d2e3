import css from './signin-frame.module.css'

const [WIDTH, HEIGHT, TURN, REACH] = [640, 1000, 520, 120]
const STEP = 5
const RUNGS_APART = 20
/** Begins between two crossings. */
const PHASE = 0.7

const at = (y: number, strand: 1 | -1) =>
  WIDTH / 2 + strand * REACH * Math.sin((2 * Math.PI * y) / TURN + PHASE)

/** The two strands of a helix and what holds them together, in hairlines. */
export function Drawing() {
  return (
    <svg
      class={css.drawing}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="xMidYMin slice"
      aria-hidden="true"
    >
      <path d={rungs()} opacity="0.5" />
      <path d={strand(1)} />
      <path d={strand(-1)} />
    </svg>
  )
}

function strand(side: 1 | -1): string {
  const places = Array.from({ length: HEIGHT / STEP + 1 }, (_, place) => place * STEP)
  return `M${places.map((y) => `${at(y, side).toFixed(1)} ${y}`).join('L')}`
}

function rungs(): string {
  const places = Array.from({ length: HEIGHT / RUNGS_APART }, (_, place) => (place + 0.5) * RUNGS_APART)
  return places.map((y) => `M${at(y, 1).toFixed(1)} ${y}H${at(y, -1).toFixed(1)}`).join('')
}
