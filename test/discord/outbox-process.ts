import { openPostgres } from '../../src/db/postgres.ts'
import { parseWebhook } from '../../src/discord/address.ts'
import { createOutbox } from '../../src/discord/outbox.ts'
import { createSender } from '../../src/discord/sender.ts'

/** An outbox in a process of its own, to be killed: node outbox-process.ts <database> <webhook> <bot token> <name> */
const [connectionString = '', webhook = '', botToken, instance = ''] = process.argv.slice(2)
const address = parseWebhook(webhook)
if (!address) throw new Error('no webhook given')
const outbox = createOutbox({
  db: await openPostgres({ connectionString, max: 2 }),
  sender: createSender({ pace: { burst: 4, refillMs: 20 }, answerMs: 300 }),
  ...{ addresses: new Map([['api', address]]), botToken, instance, sole: false, beatMs: 20, leaseMs: 500 },
  onStopped: (_, failure) => process.stderr.write(`${failure.message}\n`),
  onError: (error) => process.stderr.write(`${error}\n`),
})
outbox.start()
