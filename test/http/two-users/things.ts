import { randomUUID } from 'node:crypto'
import type { SendResponse } from '../../../src/contract/chat.ts'
import { tokenOf } from '../../support/access-tokens.ts'
import type { Visitor } from '../../support/gateway.ts'

/** One of each thing that belongs to somebody, by the name of its id. */
export interface Things {
  sessionKey: string
  userMessageId: string
  replyId: string
  generationId: string
  tokenId: string
  factorId: string
  challengeId: string
}

/** Makes one of each, with `secret` in every text. */
export async function makeThings(visitor: Visitor, secret: string): Promise<Things> {
  const answer = await visitor.request('/api/chat/message', {
    method: 'POST',
    body: { message: `My word is ${secret}`, clientMessageId: 'the-same-of-both' },
  })
  const { sessionKey, message } = (await answer.json()) as SendResponse
  return {
    sessionKey,
    userMessageId: message.parentId ?? '',
    replyId: message.id,
    generationId: message.generationId ?? '',
    tokenId: (await tokenOf(visitor, ['read'], { name: secret })).id,
    ...(await makeFactor(visitor, secret)),
  }
}

async function makeFactor(
  visitor: Visitor,
  secret: string,
): Promise<Pick<Things, 'factorId' | 'challengeId'>> {
  const post = async (path: string, body?: object) => {
    const answer = await visitor.request(`/auth/v1/factors${path}`, {
      method: 'POST',
      ...(body ? { body } : {}),
    })
    return ((await answer.json()) as { id: string }).id
  }
  const factorId = await post('', { factor_type: 'totp', friendly_name: secret })
  return { factorId, challengeId: await post(`/${factorId}/challenge`) }
}

/** Ids of the same form that nobody has. */
export function unknownThings(): Things {
  return {
    sessionKey: randomUUID(),
    userMessageId: randomUUID(),
    replyId: randomUUID(),
    generationId: randomUUID(),
    tokenId: 'k3JqX0aB9mZ1',
    factorId: randomUUID(),
    challengeId: randomUUID(),
  }
}
