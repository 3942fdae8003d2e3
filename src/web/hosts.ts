import type { Headers } from './headers.ts'

/** Headers for the paths a pattern such as `/assets/*` fits; of several rules the first that fits holds. */
export interface HeaderRule {
  path: string
  headers: Headers
}

/** The rule that holds for a path. */
export function ruleFor(rules: readonly HeaderRule[], path: string): HeaderRule | undefined {
  return rules.find((rule) =>
    rule.path.endsWith('*') ? path.startsWith(rule.path.slice(0, -1)) : path === rule.path,
  )
}

/** The page's own paths as the hosts write them: those below a path that takes more, with `*`. */
function documentPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const plain = path.replace(/\/:.*$/, '')
    return plain === path ? [path] : [...(path.endsWith('?') ? [plain] : []), `${plain}/*`]
  })
}

/**
 * What each kind of host reads, by file name: the same headers in the words of each, so that none lets the page do
 * more, or keeps its files longer, than another.
 * @param paths the page's addresses, which all answer its document
 */
export function hostFiles(rules: readonly HeaderRule[], paths: readonly string[]): Record<string, string> {
  return {
    'headers.json': `${JSON.stringify(rules, null, 2)}\n`,
    'vercel.json': `${JSON.stringify(vercelConfig(rules), null, 2)}\n`,
    _headers: netlifyHeaders(rules),
    _redirects: documentPaths(paths)
      .filter((path) => path !== '/')
      .map((path) => `${path} /index.html 200\n`)
      .join(''),
    'nginx.conf': nginxLocations(rules),
  }
}

/** Vercel applies every rule that fits, so each leaves out what an earlier one has. */
export function vercelConfig(rules: readonly HeaderRule[]) {
  return {
    $schema: 'https://openapi.vercel.sh/vercel.json',
    framework: null,
    buildCommand: null,
    installCommand: null,
    outputDirectory: '.',
    headers: rules.map(({ path, headers }, i) => ({
      source: sourceOf(path, rules.slice(0, i)),
      headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
    })),
    rewrites: [{ source: '/((?!assets/).*)', destination: '/index.html' }],
  }
}

function sourceOf(path: string, earlier: readonly HeaderRule[]): string {
  const prefix = path.replace(/\*$/, '')
  const without = earlier
    .filter((rule) => rule.path.startsWith(prefix))
    .map((rule) => `(?!${rule.path.slice(prefix.length).replace(/\*$/, '')})`)
  return `${prefix}(${without.join('')}.*)`
}

/**
 * Netlify sends what all rules that fit say, joining values of one name; so the widest rule says what all share, and
 * how long files may be kept is said for those that may be kept alone: for all others Netlify itself says that they
 * must be asked for anew.
 */
function netlifyHeaders(rules: readonly HeaderRule[]): string {
  const widest = rules.at(-1)
  return rules
    .toReversed()
    .map(({ path, headers }) => {
      const own = Object.entries(headers).filter(([name]) =>
        path === widest?.path ? name !== 'Cache-Control' : name === 'Cache-Control',
      )
      return `${path}\n${own.map(([name, value]) => `  ${name}: ${value}\n`).join('')}`
    })
    .join('')
}

/** For a `server` of nginx whose root is the page. @param policy what stands for the policy of the page, where it varies */
export function nginxLocations(rules: readonly HeaderRule[], policy?: string): string {
  const documents = ruleFor(rules, '/')?.headers ?? {}
  const exact = (path: string, type?: string) => location(`= ${path}`, documents, '=404', policy, type)
  const named = rules.map(({ path, headers }) =>
    location(path.replace(/\*$/, ''), headers, path === '/*' ? '/index.html' : '=404', policy),
  )
  return `# Written by the build of the page: to be included in a server whose root is the folder of the page.
gzip_static on;
${named.join('')}${exact('/index.html')}${exact('/manifest.webmanifest', 'application/manifest+json')}`
}

function location(
  path: string,
  headers: Headers,
  otherwise: string,
  policy: string | undefined,
  type?: string,
): string {
  const lines = Object.entries(headers).map(([name, value]) => {
    const said = name === 'Content-Security-Policy' && policy ? policy : `"${value}"`
    // What is missing may come, so nobody keeps that it was missing.
    return `  add_header ${name} ${said}${name === 'Cache-Control' ? '' : ' always'};\n`
  })
  const typed = type === undefined ? '' : `  types { }\n  default_type ${type};\n`
  return `location ${path} {\n${lines.join('')}${typed}  try_files $uri ${otherwise};\n}\n`
}
