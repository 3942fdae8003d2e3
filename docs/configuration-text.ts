/** Head of .env.example. */
export const ENV_HEAD = `# Copy to .env.<env> (.env.local, .env.production), make it yours alone (chmod 600), and take the # off what you need.
# Nothing here is needed to begin. docs/configuration.md tells more; \`helix config show\` tells what is in force.
`

/** The part of docs/configuration.md that is written, not generated. */
export const INTRODUCTION = `# Configuration

Helix runs without any: \`helix up\` in an empty directory uses an embedded database and, without a key, a simulated
Claude. Everything below is for going further. \`helix config show\` prints what is in force and where it comes from.

## Where a value comes from

The strongest that says something wins:

1. flags (\`--port 8080\`)
2. the process environment
3. \`.env.<env>\`: secrets and addresses, never committed, mode 0600
4. \`helix.config.ts\`: everything else, committed
5. defaults

\`<env>\` is \`--env\`, else \`HELIX_ENV\`, else \`production\` when \`NODE_ENV=production\`, or where that is
not set and PM2 runs it, else \`local\`.

The project root is the nearest directory upward with a \`helix.config.ts\` (or \`.js\`, \`.mjs\`) or a package named
helix, else the current directory. Relative paths resolve against it.

An empty value counts as unset. All problems are reported at once, each with its source and its fix, and end with exit
code 3. Unknown keys are problems in files, and in the process environment for names that begin with \`HELIX_\`.

## Modes

| mode | chosen when | database | sign-in |
|---|---|---|---|
| supabase | \`SUPABASE_URL\` is set | \`SUPABASE_DB_URL\`, else \`DATABASE_URL\`: direct or session pooler (port 5432) | Supabase Auth |
| postgres | \`DATABASE_URL\` alone | any PostgreSQL 15 or newer | built in |
| embedded | neither | PGlite in the data directory | built in |

\`HELIX_MODE\` chooses one by name. In production (\`NODE_ENV=production\`, or the environment \`production\` where
\`NODE_ENV\` is not set) the embedded database must be asked for with \`HELIX_MODE=embedded\`, and Claude needs a key
unless \`HELIX_SIMULATE=1\`.

## \`.env.<env>\`

\`\`\`bash
# .env.production
SUPABASE_URL="https://project.supabase.co"
SUPABASE_ANON_KEY="eyJ..."
SUPABASE_SERVICE_ROLE="eyJhbGc..." # Keep this SECRET!
SUPABASE_DB_URL="postgresql://postgres:password@db.project.supabase.co:5432/postgres"
RODRIGO_CREATOR_ID="5f0f3a51-8f0e-4a52-9f0c-3f6a9f1f2b10"
DISCORD_WEBHOOK_URL="https://discordapp.com/api/webhooks/..."
CLAUDE_API_KEY="sk-ant-..." # Your Anthropic API key
NODE_ENV="production"
PORT="3000"
\`\`\`

\`.env.example\` lists every name. Begin with \`cp .env.example .env.local && chmod 600 .env.local\`.

Other tools pass such a file on as it is written: \`docker run --env-file\` leaves the quotes and the comments on the
values. Helix takes them off and says so. A creator id that is no UUID is a warning: nobody is the creator until
\`helix user creator <email>\` sets it.

## \`helix.config.ts\`

\`\`\`ts
import { defineConfig } from 'helix/config'

export default defineConfig({
  domains: { web: 'helix.example.com', api: 'api.helix.example.com' },
  trustedProxies: ['127.0.0.1'],
  models: { chat: 'claude-opus-5-5' },
  limits: { turnsPerMinute: 20 },
  budgets: { userDailyUsd: 2.5, monthlyUsd: 200 },
  costs: { fixed: [{ name: 'Supabase', monthlyUsd: 25 }] },
  contacts: { support: 'contact@example.com', security: 'security@example.com' },
})
\`\`\`

It is an ordinary module, run by Node's own type stripping: types are erased, so no enums and no namespaces. Secrets
are refused there, because the file is committed.

## The page and the desktop app

\`VITE_SUPABASE_URL\`, \`VITE_SUPABASE_ANON_KEY\`, \`VITE_API_URL\` and \`VITE_GATEWAY_URL\` follow from \`SUPABASE_URL\`,
\`SUPABASE_ANON_KEY\` and \`domains.api\`. To build with other values set them in the process environment, in
\`web/.env.<env>\` or \`desktop/.env.<env>\`, or in \`.env.<env>\`. A secret in a \`VITE_*\` variable stops everything,
because what begins with \`VITE_\` becomes part of the page.

## All settings
`
