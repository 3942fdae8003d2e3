import { z } from 'zod'
import { Health, Liveness, PublicConfig, StreamPass, StreamProbeStart } from '../health.ts'
import type { Operation } from '../operation.ts'

const about = { method: 'get', tag: 'The gateway itself', access: 'public' } as const

export const gatewayOperations: readonly Operation[] = [
  {
    ...about,
    path: '/health',
    id: 'getHealth',
    summary: 'Says how the gateway and its parts are.',
    answers: {
      200: { description: 'It works, as well as `status` says.', schema: Health },
      503: { description: '`status` is `down`: the database does not answer.', schema: Health },
    },
  },
  {
    ...about,
    path: '/health/live',
    id: 'getLiveness',
    summary: 'Says that the process runs.',
    answers: { 200: { description: 'It runs.', schema: Liveness } },
  },
  {
    ...about,
    path: '/health/ready',
    id: 'getReadiness',
    summary: 'Says whether this process takes new work.',
    answers: {
      200: { description: 'It does.', schema: Liveness },
      503: { description: 'It is about to stop.', schema: Liveness },
    },
  },
  {
    ...about,
    path: '/health/probe',
    id: 'makeStreamPass',
    summary: 'Makes what `/health/probe/{token}` takes; a deploy asks for it on the machine itself.',
    description: 'Exists where `HELIX_METRICS_TOKEN` is set.',
    access: 'metrics',
    answers: { 200: { description: 'Good for a minute, for this release alone.', schema: StreamPass } },
    failures: ['not_found'],
  },
  {
    ...about,
    path: '/health/probe/{token}',
    id: 'streamProbe',
    summary: 'Streams a short reply that no model makes and nobody keeps.',
    description:
      'Its pieces are sent a quarter of a second apart; where they arrive together, something on the way holds streams back. `helix deploy` asks for it through the public address before a release gets the others’ requests.',
    params: z.object({ token: z.string().describe('The pass; of another release it is none.') }),
    answers: {
      200: {
        description: 'The stream.',
        events: {
          start: { description: 'First.', data: StreamProbeStart },
          delta: { description: 'A piece.', data: z.object({ text: z.string() }) },
          done: {
            description: 'Last.',
            data: z.object({ release: z.string(), simulated: z.literal(true) }),
          },
        },
      },
    },
    failures: ['not_found'],
  },
  {
    ...about,
    path: '/config.json',
    id: 'getPublicConfig',
    summary: 'Tells what a page needs before anyone signs in.',
    answers: { 200: { description: 'Where to sign in, and with which public key.', schema: PublicConfig } },
  },
  {
    ...about,
    path: '/metrics',
    id: 'getMetrics',
    summary: 'Answers what the gateway counts, in the text format of Prometheus.',
    description:
      'Exists where `HELIX_METRICS_TOKEN` is set. `HELIX_METRICS_PORT` serves the same on a port of its own.',
    access: 'metrics',
    answers: { 200: { description: 'All series.', type: 'text/plain' } },
    failures: ['not_found'],
  },
  {
    ...about,
    path: '/openapi.json',
    id: 'getOpenApi',
    summary: 'Describes every route of this gateway in OpenAPI 3.1.',
    answers: { 200: { description: 'The document.', schema: z.record(z.string(), z.unknown()) } },
  },
  {
    ...about,
    path: '/docs/api',
    id: 'getReference',
    summary: 'The reference of every route, as a page.',
    answers: { 200: { description: 'The page.', type: 'text/html' } },
  },
  {
    ...about,
    path: '/docs',
    id: 'getDocs',
    summary: 'The index of the guides, as a page.',
    answers: { 200: { description: 'The page.', type: 'text/html' } },
  },
  {
    ...about,
    path: '/docs/{page}',
    id: 'getGuide',
    summary: 'One of the guides, as a page.',
    params: z.object({ page: z.string().describe('Its name, as the index links to it.') }),
    answers: { 200: { description: 'The page.', type: 'text/html' } },
    failures: ['not_found'],
  },
  {
    ...about,
    path: '/',
    id: 'getHome',
    summary: 'The page to chat in; where it was not built, a small one that says what this is.',
    description:
      'The page has addresses of its own besides: `/c/{sessionKey}`, `/settings`, `/usage`, `/status`, `/admin`, `/sign-in` and ' +
      'what belongs to signing in. `HELIX_SERVE_WEB=false` leaves it to another host.',
    answers: { 200: { description: 'The page.', type: 'text/html' } },
  },
]
