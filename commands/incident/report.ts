import { z } from 'zod'
import { postMessage } from '../../src/discord/setup/check.ts'
import { targetsOf } from '../../src/discord/setup/targets.ts'
import { HelixError } from '../../src/errors.ts'
import { findIncident } from '../../src/incidents/find.ts'
import { incidentReport, inMessages } from '../../src/incidents/report.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { discordOf } from '../discord/api.ts'
import { openIncidents, which } from './incidents.ts'

export default defineCommand({
  examples: [
    ['helix incident report latest > incident.md', 'what happened when, as Markdown'],
    ['helix incident report 3f2a --post', 'the same, also to #helix-alerts'],
  ],
  description: 'The timeline as it was told to everyone, and the questions to answer afterwards.',
  arguments: { incident: which },
  options: { post: option('--post', 'post it to #helix-alerts, too', z.boolean().default(false)) },
  acts: ['incident.report.start'],
  async run({ incident: which, post }, context) {
    const incident = await findIncident(await openIncidents(context), which)
    const markdown = incidentReport(incident, new Date())
    const messageIds = post ? await postReport(context, incident.id, markdown) : []
    return { incident, markdown, messageIds }
  },
  view({ markdown, messageIds }, { note }) {
    if (messageIds.length > 0) note(`Posted to #helix-alerts, in ${messageIds.length} messages.`)
    return markdown
  },
})

/** @throws HelixError `precondition_failed` without a webhook, `discord_failed` */
async function postReport(context: Context, incident: string, markdown: string): Promise<string[]> {
  const config = await context.config()
  const address = targetsOf(config).find(({ channel }) => channel === 'alerts')?.address
  if (!address) {
    throw new HelixError('precondition_failed', 'No webhook of #helix-alerts is set', {
      hint: 'Set up the channels first.',
      next: ['helix discord setup'],
    })
  }
  const api = discordOf(config, context)
  return context.log().act('incident.report.start', { incident, webhookId: address.id }, async () => {
    const ids: string[] = []
    for (const text of inMessages(markdown)) {
      const sent = await postMessage(api, address, { content: text })
      if ('problem' in sent) throw new HelixError('discord_failed', sent.problem, { hint: sent.fix })
      ids.push(sent.messageId)
    }
    return ids
  })
}
