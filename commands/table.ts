import type { Command } from './define.ts'

/** One line of the table: a command when it has `load`, else a noun whose verbs follow. */
export interface Entry {
  summary: string
  load?: () => Promise<{ default: unknown }>
  /** Works, but is not shown. */
  hidden?: true
}

/** Path (`ask`, `db migrate`) → entry, in the order help shows. */
export type Table = Readonly<Record<string, Entry>>

/** The table of contents: everything one can type. Nothing of a command is loaded before it is asked for. */
export const table: Table = {
  up: { summary: 'Start everything on this machine', load: () => import('./up.ts') },
  start: { summary: 'What `npm start` runs', load: () => import('./start.ts'), hidden: true },
  gateway: { summary: 'The server alone' },
  'gateway start': {
    summary: 'Start the server, for process managers',
    load: () => import('./gateway/start.ts'),
  },
  ask: { summary: 'Ask one question; the answer streams to stdout', load: () => import('./ask.ts') },
  chat: { summary: 'Talk with Helix in the terminal', load: () => import('./chat.ts') },
  login: { summary: 'Sign in to a gateway', load: () => import('./login.ts') },
  logout: { summary: 'Sign out of a gateway', load: () => import('./logout.ts') },
  whoami: { summary: 'Show which gateway answers, and as whom', load: () => import('./whoami.ts') },
  token: { summary: 'Access tokens for programs of yours' },
  'token create': {
    summary: 'Make an access token and print it once',
    load: () => import('./token/create.ts'),
  },
  'token list': { summary: 'List your access tokens', load: () => import('./token/list.ts') },
  'token revoke': { summary: 'Revoke an access token', load: () => import('./token/revoke.ts') },
  user: { summary: 'People' },
  'user list': { summary: 'List people, or find some', load: () => import('./user/list.ts') },
  'user show': { summary: 'Show how a person stands', load: () => import('./user/show.ts') },
  'user invite': { summary: 'Mail somebody an invitation', load: () => import('./user/invite.ts') },
  'user suspend': { summary: 'Close Helix to a person', load: () => import('./user/suspend.ts') },
  'user unsuspend': { summary: 'Let a person in again', load: () => import('./user/unsuspend.ts') },
  'user trust': { summary: 'Set how far a person is trusted', load: () => import('./user/trust.ts') },
  'user quota': {
    summary: 'Set what replies to a person may cost a day',
    load: () => import('./user/quota.ts'),
  },
  'user creator': {
    summary: 'Make somebody the creator of this installation',
    load: () => import('./user/creator.ts'),
  },
  'user link': {
    summary: 'Show the newest sign-in link and code for an address',
    load: () => import('./user/link.ts'),
  },
  doctor: {
    summary: 'Check this machine, its configuration and database',
    load: () => import('./doctor.ts'),
  },
  db: { summary: 'The database and its schema' },
  'db migrate': { summary: 'Bring the database up to date', load: () => import('./db/migrate.ts') },
  'db status': { summary: 'Show which migrations are applied', load: () => import('./db/status.ts') },
  'db plan': {
    summary: 'Show what would be applied, also as SQL to paste',
    load: () => import('./db/plan.ts'),
  },
  'db lint': {
    summary: 'Find what in the migrations would hurt a running service',
    load: () => import('./db/lint.ts'),
  },
  'db check': {
    summary: 'Look whether everything in the database fits together',
    load: () => import('./db/check.ts'),
  },
  'db copy': {
    summary: 'Move everything to another database',
    load: () => import('./db/copy.ts'),
  },
  'db new': { summary: 'Make an empty migration', load: () => import('./db/new.ts') },
  backup: { summary: 'Backups of everything, and whether they can be restored' },
  'backup create': {
    summary: 'Back up everything, as of one moment',
    load: () => import('./backup/create.ts'),
  },
  'backup list': { summary: 'List the backups there are', load: () => import('./backup/list.ts') },
  'backup verify': { summary: 'Check that a backup is whole', load: () => import('./backup/verify.ts') },
  'backup drill': {
    summary: 'Prove that a backup can be restored, by restoring it',
    load: () => import('./backup/drill.ts'),
  },
  'backup prune': {
    summary: 'Remove backups that are no longer needed',
    load: () => import('./backup/prune.ts'),
  },
  'backup schedule': {
    summary: 'Have a backup made each day',
    load: () => import('./backup/schedule.ts'),
  },
  restore: { summary: 'Put a backup in place of what is there', load: () => import('./restore.ts') },
  server: { summary: 'The machines Helix runs on' },
  'server setup': {
    summary: 'Prepare an empty server for deploys',
    load: () => import('./server/setup.ts'),
  },
  deploy: { summary: 'Bring a release to where it serves' },
  'deploy gateway': {
    summary: 'Bring the gateway to its machines; undone by itself when it is bad',
    load: () => import('./deploy/gateway.ts'),
  },
  'deploy web': {
    summary: 'Bring the page to machines of yours, Vercel or Netlify',
    load: () => import('./deploy/web.ts'),
  },
  'deploy status': {
    summary: 'Bring the copy of the status page, which is up when the gateway is not',
    load: () => import('./deploy/status.ts'),
  },
  'deploy all': {
    summary: 'Bring gateway and page together, as one release',
    load: () => import('./deploy/all.ts'),
  },
  loadtest: { summary: 'How much a gateway holds, and how fast it is then' },
  'loadtest quick': {
    summary: 'Some users at once, each of whom asks again and again',
    load: () => import('./loadtest/quick.ts'),
  },
  'loadtest run': { summary: 'Run the load test of a file', load: () => import('./loadtest/run.ts') },
  'loadtest report': {
    summary: 'Show a result again, or make a page of it',
    load: () => import('./loadtest/report.ts'),
  },
  'loadtest compare': {
    summary: 'Show what changed from one result to the next',
    load: () => import('./loadtest/compare.ts'),
  },
  releases: { summary: 'Show what was deployed, and what serves', load: () => import('./releases.ts') },
  rollback: { summary: 'Go back to a release that served well', load: () => import('./rollback.ts') },
  audit: { summary: 'The log of everything Helix did, which anybody can check' },
  'audit verify': {
    summary: 'Check that nothing was changed, lost or left open',
    load: () => import('./audit/verify.ts'),
  },
  'audit tail': { summary: 'Show the last entries', load: () => import('./audit/tail.ts') },
  'audit export': {
    summary: 'Print every entry, one JSON object a line',
    load: () => import('./audit/export.ts'),
  },
  'audit sanitize': {
    summary: 'Copy stdin to stdout without secrets',
    load: () => import('./audit/sanitize.ts'),
  },
  'audit checkpoint': {
    summary: 'Sign the log as it is now',
    load: () => import('./audit/checkpoint.ts'),
  },
  'audit prove': {
    summary: 'Prove that an entry is in the log, or that the log only grew',
    load: () => import('./audit/prove.ts'),
  },
  'audit witness': {
    summary: 'Remember elsewhere how far the log was, and let nobody take it back',
    load: () => import('./audit/witness.ts'),
  },
  keys: { summary: 'The keys of this installation' },
  'keys show': { summary: 'Print a key', load: () => import('./keys/show.ts') },
  'keys rotate': {
    summary: 'Replace the key that signs checkpoints',
    load: () => import('./keys/rotate.ts'),
  },
  'keys trust': {
    summary: 'Let another machine sign checkpoints with a key of its own',
    load: () => import('./keys/trust.ts'),
  },
  discord: { summary: 'The operations room in Discord' },
  'discord setup': {
    summary: 'Make the seven channels and their webhooks, or take webhooks made by hand',
    load: () => import('./discord/setup.ts'),
  },
  'discord test': {
    summary: 'Post a test message to each channel',
    load: () => import('./discord/test.ts'),
  },
  'discord status': {
    summary: 'Check the webhook of each channel, without posting',
    load: () => import('./discord/status.ts'),
  },
  incident: { summary: 'What is wrong, for everyone to see' },
  'incident open': { summary: 'Open an incident', load: () => import('./incident/open.ts') },
  'incident note': { summary: 'Say how an incident goes on', load: () => import('./incident/note.ts') },
  'incident resolve': { summary: 'End an incident', load: () => import('./incident/resolve.ts') },
  'incident list': { summary: 'List incidents', load: () => import('./incident/list.ts') },
  'incident report': {
    summary: 'Print what happened when, as Markdown',
    load: () => import('./incident/report.ts'),
  },
  build: { summary: 'Artefacts of a release' },
  'build gateway': {
    summary: 'Build the gateway as one archive, or as a container image too',
    load: () => import('./build/gateway.ts'),
  },
  'build web': { summary: 'Build the page for other hosts', load: () => import('./build/web.ts') },
  'build desktop': { summary: 'Build the desktop application', load: () => import('./build/desktop.ts') },
  'build all': { summary: 'Build everything, as one release', load: () => import('./build/all.ts') },
  maintenance: { summary: 'Hold everybody back for a while, and let them in again' },
  'maintenance on': {
    summary: 'Begin maintenance on every gateway, or change it',
    load: () => import('./maintenance/on.ts'),
  },
  'maintenance off': { summary: 'End maintenance', load: () => import('./maintenance/off.ts') },
  'maintenance status': {
    summary: 'Show whether there is maintenance, and ask each gateway',
    load: () => import('./maintenance/status.ts'),
  },
  health: { summary: 'Ask each gateway how it is; for cron', load: () => import('./health.ts') },
  'health install': {
    summary: 'Have that done every few minutes on this machine',
    load: () => import('./health/install.ts'),
  },
  'health uninstall': { summary: 'End that', load: () => import('./health/uninstall.ts') },
  monitor: { summary: 'Watch every gateway, live', load: () => import('./monitor.ts') },
  logs: { summary: 'Show the logs of gateways, on every machine', load: () => import('./logs.ts') },
  config: { summary: 'The configuration' },
  'config show': {
    summary: 'Show every setting that is in force and where it comes from',
    load: () => import('./config/show.ts'),
  },
  completion: {
    summary: 'Print a completion script for bash, zsh or fish',
    load: () => import('./completion.ts'),
  },
}

/**
 * Loads the command of an entry.
 * The one place where the type of a command is widened: the table cannot know the options of each.
 */
export async function loadCommand(load: NonNullable<Entry['load']>): Promise<Command> {
  const { default: command } = await load()
  return command as Command
}
