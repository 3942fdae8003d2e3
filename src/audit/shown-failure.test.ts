import { describe, expect, it } from 'vitest'
import { HelixError } from '../errors.ts'
import { noise } from './secrets.case.ts'
import { shownFailure } from './shown-failure.ts'

const KEY = `sk-${'ant'}-api03-${noise(80)}`

describe('shownFailure', () => {
  it('hides secrets in every word a failure tells', () => {
    const failure = new HelixError('config_invalid', `two lines\nwith ${KEY}`, {
      hint: `Not ${KEY}.`,
      next: [`helix login --token ${noise(20)}`],
      details: { url: `https://ada:${noise(12)}@x.example/`, password: 'plain', message: `it said ${KEY}` },
    })
    expect(shownFailure(failure)).toEqual({
      code: 'config_invalid',
      message: 'two lines\nwith [REDACTED:anthropic_key]',
      hint: 'Not [REDACTED:anthropic_key].',
      next: ['helix login --token [REDACTED]'],
      details: {
        url: 'https://ada:[REDACTED]@x.example/',
        password: '[REDACTED]',
        message: 'it said [REDACTED:anthropic_key]',
      },
    })
  })

  it('leaves a reply that comes with it as it was written', () => {
    const message = { id: 'a', content: `Your key is ${KEY}`, usage: null }
    const { details } = shownFailure(
      new HelixError('upstream_failed', 'no', { details: { message, status: 500 } }),
    )
    expect(details).toEqual({ message, status: 500 })
  })

  it('changes nothing where there is nothing to hide', () => {
    const details = {
      problems: [{ source: 'PORT', message: 'no' }],
      versions: ['1', '2'],
      retryAfterMs: 250,
      none: null,
    }
    const failure = new HelixError('findings', 'a\n- b', { details })
    expect(shownFailure(failure)).toEqual({
      code: 'findings',
      message: 'a\n- b',
      hint: undefined,
      next: [],
      details,
    })
  })
})
