/** The page's addresses, as its router has them; the test of its routes holds the two together. */
export const PAGE_PATHS = [
  '/',
  '/c/:sessionKey',
  '/settings/:section?',
  '/usage',
  '/status',
  '/admin/:section?',
  '/sign-in',
  '/sign-up',
  '/forgot',
  '/reset',
  '/confirm',
] as const

/** The pattern of the page's addresses that a path belongs to; undefined where the page has nothing at it. */
export function pagePathOf(path: string): string | undefined {
  const segments = path.split('/').slice(1)
  if (segments.at(-1) === '' && segments.length > 1) segments.pop()
  return PAGE_PATHS.find((pattern) => fits(pattern.split('/').slice(1), segments))
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  if (segments.length > pattern.length) return false
  return pattern.every((wanted, place) => {
    const given = segments[place] ?? ''
    return wanted.startsWith(':') ? given !== '' || wanted.endsWith('?') : given === wanted
  })
}
