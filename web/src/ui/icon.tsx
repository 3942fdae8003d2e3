/** Strokes on a grid of 24. */
const SHAPES = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3L20 20',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19z',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13',
  refresh: 'M19 8a8 8 0 1 0 1 6M20 4v4.5h-4.5',
  left: 'M14.5 5.5L8 12l6.5 6.5',
  right: 'M9.5 5.5L16 12l-6.5 6.5',
  down: 'M5.5 9.5L12 16l6.5-6.5',
  up: 'M5.5 14.5L12 8l6.5 6.5',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4zM9 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6',
  leave: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  screen: 'M4 5h16v11H4zM9 20h6M12 16v4',
  thumbUp:
    'M7 11v9H4v-9zM7 11l4-7c1.7 0 2.5 1.2 2.2 2.7L12.5 10H18c1.3 0 2.1 1.1 1.9 2.3l-1.1 6c-.2 1-1 1.7-2 1.7H7',
  thumbDown:
    'M7 13V4H4v9zM7 13l4 7c1.7 0 2.5-1.2 2.2-2.7L12.5 14H18c1.3 0 2.1-1.1 1.9-2.3l-1.1-6C18.6 4.7 17.8 4 16.8 4H7',
  eye: 'M2.5 12C4.5 7.8 8 5.5 12 5.5s7.5 2.3 9.5 6.5c-2 4.2-5.5 6.5-9.5 6.5S4.5 16.2 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  eyeOff:
    'M4 4l16 16M9.9 5.7c.7-.1 1.4-.2 2.1-.2 4 0 7.5 2.3 9.5 6.5-.8 1.7-1.9 3.1-3.2 4.2M14.8 17.9c-.9.4-1.8.6-2.8.6-4 0-7.5-2.3-9.5-6.5.9-1.9 2.1-3.4 3.6-4.5',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.7h.01',
  warning: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  key: 'M8 12a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 13.5L19.5 5M16 8.5l3 3',
  mail: 'M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5',
  chart: 'M5 20V10M12 20V4M19 20v-7',
  pulse: 'M3 12h4l3-7 4 14 3-7h4',
  shield: 'M12 3.5l7 2.5v5.5c0 4.5-2.8 7.5-7 9-4.2-1.5-7-4.5-7-9V6z',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.6-3.3 3-5 6.5-5s5.9 1.7 6.5 5M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.9c2 .7 3.1 2.3 3.5 4.6',
  chat: 'M4 5h16v11h-8.5L7 20v-4H4z',
  book: 'M5 4.5h12.5a1.5 1.5 0 0 1 1.5 1.5v14H7a2 2 0 0 1-2-2zM5 17.5a2 2 0 0 1 2-2h12',
  external: 'M10 5H5v14h14v-5M13 5h6v6M19 5l-9 9',
  keyboard: 'M3 6.5h18v11H3zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8',
} as const

export type IconName = keyof typeof SHAPES

/** A drawing beside words, or within a button that has a label: nothing is read out for it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={SHAPES[name]} />
    </svg>
  )
}
