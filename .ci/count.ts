import { readFileSync } from 'node:fs'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  testResults: {
    name: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

/** Sums vitest's JSON reports into the one line that says how many tests ran, and names those that failed at first. */
const reports = process.argv.slice(2).map((path): Report => JSON.parse(readFileSync(path, 'utf8')))
const sum = (pick: (report: Report) => number) => reports.reduce((total, report) => total + pick(report), 0)
const tests = reports
  .flatMap(({ testResults }) => testResults)
  .flatMap(({ name, assertionResults }) => assertionResults.map((result) => ({ file: name, ...result })))

for (const { file, fullName, status, failureMessages } of tests)
  if (status === 'passed' && failureMessages.length > 0)
    console.log(`Passed at the second try: ${file}: ${fullName}\n  ${failureMessages[0]?.split('\n')[0]}`)

console.log(
  `${sum((r) => r.numPassedTests)} passed, ${sum((r) => r.numFailedTests)} failed, ${sum((r) => r.numPendingTests)} skipped`,
)
