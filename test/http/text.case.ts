import { describe, expect, it } from 'vitest'
import type { MessagePage, SendResponse } from '../../src/contract/chat.ts'
import { type Running, refused, SEND } from './asking.ts'

export function textCases(running: () => Running): void {
  describe('as text', () => {
    it.each([
      ['U+0000 alone', '\0'],
      ['U+0000 within', 'before \0 after'],
      ['nothing but white space', ' \n\t\u00a0\u2003\u3000'],
    ])('is refused: %s', async (_name, message) => {
      expect(await refused(running().post(SEND, JSON.stringify({ message })), message)).toBe(
        'request_invalid',
      )
    })

    it.each([
      ['right to left with overrides', 'שלום \u202eabc\u202c مرحبا', undefined],
      ['a lone high surrogate', 'a \ud83d b', 'a \ufffd b'],
      ['a lone low surrogate', '\ude00', '\ufffd'],
      ['swapped surrogates', '\ude00\ud83d!', '\ufffd\ufffd!'],
      ['control characters', 'a\u0001\u0007\u001b[2J\u007f\u009bz', undefined],
      ['noncharacters and invisible ones', '\ufffe\uffff\u200b\ufeff\u2028\u2029\u{e0001}', undefined],
      ['combining marks', `a${'\u0301'.repeat(5_000)}`, undefined],
      [
        'markup and statements',
        `</script><img src=x onerror=1>'; drop table users; -- \${x} {{y}}`,
        undefined,
      ],
      ['JSON within', '{"__proto__":{"a":1}}\\u0000\\ud800', undefined],
      ['200,000 characters', '界'.repeat(200_000), undefined],
    ])('is kept as it was sent: %s', async (_name, message, kept) => {
      const answer = await running().post(SEND, JSON.stringify({ message }))
      expect(answer.status).toBe(200)
      const { sessionKey: key } = (await answer.json()) as SendResponse
      const { messages } = (await (
        await running().get(`/api/conversations/${key}/messages`)
      ).json()) as MessagePage
      expect(messages[0]?.content).toBe(kept ?? message)
    })
  })
}
