import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { SendResponse } from '../../../src/contract/chat.ts'
import { tokenOf } from '../../support/access-tokens.ts'
import type { Visitor } from '../../support/gateway.ts'
import { PASSWORD } from '../../support/signin-client.ts'

/** One of each thing that belongs to somebody, by the name of its id. */
export interface Things {
  sessionKey: string
  userMessageId: string
  replyId: string
  generationId: string
  tokenId: string
  factorId: string
  challengeId: string
  signedInId: string
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
    signedInId: await signInElsewhere(visitor),
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

/** Another device of the person, by its session. */
async function signInElsewhere(visitor: Visitor): Promise<string> {
  const user = (await (await visitor.request('/auth/v1/user')).json()) as { email: string }
  const path = '/auth/v1/token?grant_type=password'
  const answer = await visitor.request(path, {
    method: 'POST',
    body: { email: user.email, password: PASSWORD },
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  return (decodeJwt(access_token) as { session_id: string }).session_id
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
    signedInId: randomUUID(),
  }
}
