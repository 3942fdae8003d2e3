import { expect, test } from 'vitest'
import { editEnvText } from './edit-env.ts'
import { readEnvText } from './env-text.ts'

const URL = 'https://discord.com/api/webhooks/1/a-b_c'
const set = (text: string, name = 'HOOK', value = URL) => editEnvText(text, new Map([[name, value]]))

test.each([
  ['', `HOOK="${URL}"\n`],
  ['A=1', `A=1\nHOOK="${URL}"\n`],
  ['A=1\r\nB=2\r\n', `A=1\r\nB=2\r\nHOOK="${URL}"\r\n`],
  ['\uFEFFA=1\n# HOOK=x\n', `\uFEFFA=1\n# HOOK=x\nHOOK="${URL}"\n`],
  ['HOOK=\nA=1\n', `HOOK="${URL}"\nA=1\n`],
  ['HOOK=\r\nA=1\r\n', `HOOK="${URL}"\r\nA=1\r\n`],
  ['  export HOOK = old   # mine\r\nA=1\r\n', `  export HOOK = "${URL}"   # mine\r\nA=1\r\n`],
  ["A=1\n\n\nHOOK='old' # mine", `A=1\n\n\nHOOK="${URL}" # mine`],
  ['HOOK="one\ntwo"\nA="x\ny"\n', `HOOK="${URL}"\nA="x\ny"\n`],
  ['HOOK=1\nMY_HOOK=2\nHOOK=3\n', `HOOK=1\nMY_HOOK=2\nHOOK="${URL}"\n`],
])('%j becomes %j', (before, after) => {
  expect(set(before)).toBe(after)
  expect(readEnvText(after).entries.find(({ name }) => name === 'HOOK')?.value).toBe(URL)
  expect(set(after)).toBe(after)
})

test('a text that would then say something else is left alone', () => {
  expect(() => set('A="text with\nHOOK=inside\n"\n')).toThrow('cannot be edited safely')
})
