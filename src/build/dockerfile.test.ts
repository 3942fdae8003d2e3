import { readFileSync } from 'node:fs'
import { validate } from 'dockerfile-utils'
import { expect, it } from 'vitest'

const text = readFileSync('Dockerfile', 'utf8')

it('is a Dockerfile without a mistake or anything deprecated', () => {
  expect(validate(text)).toEqual([])
  expect(validate('FROM a\nCMD a\nCMD b\nMAINTAINER me\nADDD x y\n').length).toBeGreaterThan(2)
})

it('ends as an image that is nobody’s in particular, says how it is, and takes signals itself', () => {
  const last = text.slice(text.lastIndexOf('\nFROM '))
  expect(text.match(/^FROM /gm)).toHaveLength(2)
  expect(last).toMatch(/^USER 1000:1000$/m)
  expect(last).toMatch(/^HEALTHCHECK .*\\\n.*\/health\/live/m)
  expect(last).toMatch(/^CMD \["node", .*"gateway", "start"\]$/m)
  // Every registry but the one of the base image, and every builder that there is, must be able to do without more.
  expect(text).not.toMatch(/^# syntax=|--mount=/m)
})
