import { readFileSync } from 'node:fs'

/** Sums vitest's JSON reports into the one line that says how many tests ran. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
}

const reports = process.argv.slice(2).map((path): Report => JSON.parse(readFileSync(path, 'utf8')))
const sum = (pick: (report: Report) => number) => reports.reduce((total, report) => total + pick(report), 0)

console.log(
  `${sum((r) => r.numPassedTests)} passed, ${sum((r) => r.numFailedTests)} failed, ${sum((r) => r.numPendingTests)} skipped`,
)
