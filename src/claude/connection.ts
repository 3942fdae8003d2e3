import Anthropic from '@anthropic-ai/sdk'
import { type Call, startCall } from './call.ts'
import type { ClaudeMeter } from './claude.ts'
import type { ReplyTimeouts } from './stall.ts'
import { createFetch } from './transport.ts'

export interface ConnectionOptions {
  apiKey: string
  baseUrl: string
  connectMs: number
  timeouts: ReplyTimeouts
  fetch: typeof fetch | undefined
}

/** Starts one attempt: the request is on its way when this returns. */
export type StartCall = (
  params: Anthropic.MessageCreateParamsStreaming,
  meter: ClaudeMeter,
  signal: AbortSignal,
) => Call

/** Sets the SDK up for our own retries, time limits and parsing: it builds, signs and sends, no more. */
export function connect(options: ConnectionOptions): StartCall {
  const { apiKey, baseUrl, connectMs, timeouts } = options
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl,
    fetch: options.fetch ?? createFetch({ connectMs }),
    maxRetries: 0,
    // Beyond our own limit, so that ours decides and says which.
    timeout: timeouts.firstByteMs * 2,
    logLevel: 'off',
    openTelemetry: false,
  })
  return (params, meter, signal) =>
    startCall((own) => client.messages.create(params, { signal: own }).asResponse(), {
      meter,
      signal,
      timeouts,
    })
}
