import type { Incident } from '../contract/incidents.ts'
import { span } from '../ui/span.ts'

/** The longest message Discord takes, with room to spare, in characters. */
const MOST_CHARACTERS = 1_900

/** An incident as a document: what it was, how long it took, and what was said when. Markdown. */
export function incidentReport(incident: Incident, now: Date): string {
  const { title, severity, status, startedAt, resolvedAt, updates } = incident
  const ended = resolvedAt === null ? now : new Date(resolvedAt)
  const lasted = span(ended.getTime() - Date.parse(startedAt))
  return [
    `# ${oneLine(title)}`,
    '',
    `- Severity: ${severity}`,
    `- Status: ${status}`,
    `- Began: ${minute(startedAt)}`,
    resolvedAt === null ? `- Open for ${lasted}` : `- Resolved: ${minute(resolvedAt)}, after ${lasted}`,
    '',
    '## Timeline',
    '',
    ...updates
      .toReversed()
      .flatMap(({ at, status: said, message }) => [
        `**${minute(at)}**, ${said} (${span(Date.parse(at) - Date.parse(startedAt))} in)`,
        '',
        message,
        '',
      ]),
    '## What we learn from it',
    '',
    '- What happened, and why:',
    '- How we noticed, and how we could sooner:',
    '- What we change, who does, and until when:',
    '',
  ].join('\n')
}

/** The report in pieces that each fit into one message, cut between lines where there are any. */
export function inMessages(report: string): string[] {
  const messages: string[] = []
  let message = ''
  for (const line of report.split('\n').flatMap(bounded)) {
    if (message.length + line.length + 1 > MOST_CHARACTERS) {
      messages.push(message)
      message = ''
    }
    message += `${line}\n`
  }
  return [...messages, message].map((text) => text.trim()).filter((text) => text !== '')
}

function bounded(line: string): string[] {
  const pieces: string[] = []
  for (let rest = line; ; rest = rest.slice(MOST_CHARACTERS - 1)) {
    pieces.push(rest.slice(0, MOST_CHARACTERS - 1))
    if (rest.length < MOST_CHARACTERS) return pieces
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** In UTC, as people read it. */
function minute(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`
}
