import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse from 'lighthouse'
import { chromium } from 'playwright-core'
import { startTestGateway } from '../support/gateway.ts'
import { signUpPerson } from './support/person.ts'

/** Out of a hundred, in each category. */
const LEAST = 95
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const
/** Other work on the machine slows a measurement, and never speeds it up: the best of so many counts. */
const TRIES = 3

const PAGES = [
  { path: '/sign-in', signedIn: false },
  { path: '/status', signedIn: false },
  { path: '/', signedIn: true },
]

type Scores = Record<(typeof CATEGORIES)[number], number>

/** Measures the pages as a phone with a slow connection sees them (Lighthouse's own setting) and says each score. */
async function measure(): Promise<boolean> {
  const gateway = await startTestGateway({ engine: 'pglite' })
  const folder = await mkdtemp(join(tmpdir(), 'helix-lighthouse-'))
  const port = await freePort()
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', `--remote-debugging-port=${port}`],
  })
  try {
    let good = true
    for (const { path, signedIn } of PAGES) {
      if (signedIn) {
        const page = await context.newPage()
        await page.goto(`${gateway.url}/icon.svg`)
        const kept = (await signUpPerson(gateway.url)).keptAt(gateway.url).origins[0]?.localStorage ?? []
        await page.evaluate((items) => {
          for (const { name, value } of items) localStorage.setItem(name, value)
        }, kept)
        await page.close()
      }
      const scores = await best(`${gateway.url}${path}`, port)
      good = Object.values(scores).every((score) => score >= LEAST) && good
      const told = CATEGORIES.map((category) => `${category} ${scores[category]}`).join(', ')
      process.stdout.write(`${path.padEnd(10)} ${told}\n`)
    }
    return good
  } finally {
    await context.close()
    await gateway.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function best(address: string, port: number): Promise<Scores> {
  let scores = await once(address, port)
  for (let tried = 1; tried < TRIES && Object.values(scores).some((score) => score < LEAST); tried++) {
    const again = await once(address, port)
    const better = CATEGORIES.map((category) => [category, Math.max(scores[category], again[category])])
    scores = Object.fromEntries(better)
  }
  return scores
}

async function once(address: string, port: number): Promise<Scores> {
  const run = await lighthouse(address, {
    port,
    output: 'json',
    logLevel: 'error',
    onlyCategories: [...CATEGORIES],
    disableStorageReset: true,
  })
  const found = run?.lhr.categories ?? {}
  for (const { id, score, title, scoreDisplayMode } of Object.values(run?.lhr.audits ?? {})) {
    if (
      process.argv.includes('--verbose') &&
      score !== null &&
      score < 0.9 &&
      scoreDisplayMode !== 'informative'
    )
      process.stdout.write(`  ${id} (${score}): ${title}\n`)
  }
  return Object.fromEntries(
    CATEGORIES.map((category) => [category, Math.round((found[category]?.score ?? 0) * 100)]),
  ) as Scores
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

if (!(await measure())) {
  process.stderr.write(`A score is below ${LEAST}; --verbose names what costs it.\n`)
  process.exitCode = 1
}
