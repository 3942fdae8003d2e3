const BEARER = /^Bearer +([\w.~+/=-]+) *$/i

/** The token of an `Authorization: Bearer …` header, or undefined for any other form. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
}
