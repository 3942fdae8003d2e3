import { Box, render, Text, useInput, useWindowSize } from 'ink'
import { createElement as element, useSyncExternalStore } from 'react'
import { layOut } from '../../src/monitor/layout.ts'
import type { Picture } from '../../src/monitor/picture.ts'
import type { Colour } from '../../src/ui/colour.ts'
import type { Input, Output } from '../host.ts'

/** What a person wants who presses a key. */
export type Wish = 'quit' | 'logs' | 'maintenance' | 'look'

const KEYS: Readonly<Record<string, Wish>> = { q: 'quit', l: 'logs', m: 'maintenance', r: 'look' }
const FOOTER = 'q quit · l logs · m maintenance · r look now'
const FRAMES_A_SECOND = 10

/** The newest picture, and whoever shows it. */
export interface Pictures {
  current(): Picture | undefined
  subscribe(onChange: () => void): () => void
}

export interface ScreenDeps {
  stdin: Input
  stdout: Output
  colour: Colour
  pictures: Pictures
  onWish: (wish: Wish) => void
}

/**
 * Shows pictures on a screen of their own until it is closed, and then gives the terminal back as it was. What did not
 * change is not written again.
 */
export function openScreen({ stdin, stdout, ...deps }: ScreenDeps): { close(): Promise<void> } {
  const { unmount, waitUntilExit } = render(element(Screen, { ...deps, listens: stdin.isTTY === true }), {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    maxFps: FRAMES_A_SECOND,
  })
  return {
    async close() {
      unmount()
      await waitUntilExit()
    },
  }
}

type ScreenProps = Omit<ScreenDeps, 'stdin' | 'stdout'> & { listens: boolean }

function Screen({ pictures, colour, onWish, listens }: ScreenProps) {
  const picture = useSyncExternalStore(pictures.subscribe, pictures.current)
  const { columns, rows } = useWindowSize()
  useInput(
    (input, key) => {
      const wish = key.ctrl && input === 'c' ? 'quit' : KEYS[input]
      if (wish) onWish(wish)
    },
    { isActive: listens },
  )
  const lines = picture ? layOut(picture, { colour, width: columns, footer: FOOTER }) : ['Asking…']
  return element(
    Box,
    { flexDirection: 'column' },
    // A screen that is full to its last line would scroll with every change.
    ...lines
      .slice(0, Math.max(1, rows - 1))
      .map((line, nth) => element(Text, { key: nth, wrap: 'truncate-end' }, line === '' ? ' ' : line)),
  )
}
