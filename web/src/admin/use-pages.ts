import { type Inputs, useCallback, useState } from 'preact/hooks'
import { useAct } from '../ui/use-act.ts'
import { type Loaded, useLoad } from '../ui/use-load.ts'

/** A list that comes in pages, newest first: what was read so far, and the way to older ones. */
export interface Pages<P extends { before: string | null }, T> {
  loaded: Loaded<P>
  items: readonly T[]
  /** Undefined where there are none. */
  older: (() => void) | undefined
  busy: boolean
}

/** Reads the first page at once, and older ones when they are asked for. */
export function usePages<P extends { before: string | null }, T>(
  load: (before: string | undefined, signal?: AbortSignal) => Promise<P>,
  itemsOf: (page: P) => readonly T[],
  inputs: Inputs,
): Pages<P, T> {
  const [later, setLater] = useState<readonly P[]>([])
  const loaded = useLoad((signal) => {
    setLater([])
    return load(undefined, signal)
  }, inputs)
  const before = (later.at(-1) ?? loaded.value)?.before ?? undefined
  const act = useAct(async (from: string) => {
    const page = await load(from)
    setLater((all) => [...all, page])
  })
  const older = useCallback(() => {
    if (before !== undefined) void act.run(before)
  }, [before, act.run])
  const pages = loaded.value ? [loaded.value, ...later] : []
  return {
    loaded,
    items: pages.flatMap(itemsOf),
    older: before === undefined ? undefined : older,
    busy: act.busy,
  }
}
