/** What a program calls itself, as far as a person would know it. */
export interface KnownAgent {
  /** `Firefox`, `Helix in a terminal` …; undefined where it is none we know. */
  program: 'Firefox' | 'Edge' | 'Opera' | 'Chrome' | 'Safari' | 'desktop' | 'terminal' | undefined
  /** `Windows`, `macOS` …; undefined where it does not say. */
  system: string | undefined
}

/** The first that fits counts: most programs also name those they want to be taken for. */
const PROGRAMS: readonly [RegExp, Exclude<KnownAgent['program'], undefined>][] = [
  [/\b(node|helix|undici)\b/i, 'terminal'],
  [/tauri/i, 'desktop'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const SYSTEMS: readonly [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** Reads a user agent for a person to recognise their device by; it proves nothing. */
export function readUserAgent(userAgent: string): KnownAgent {
  const first = <T>(known: readonly [RegExp, T][]) => known.find(([shape]) => shape.test(userAgent))?.[1]
  return { program: first(PROGRAMS), system: first(SYSTEMS) }
}
