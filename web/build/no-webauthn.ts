// In place of `@supabase/auth-js/dist/module/lib/webauthn.js`; see lean-auth.ts. What the library imports of it:

export class WebAuthnApi {}
export const webAuthnAbortService = { cancelCeremony() {} }
export const browserSupportsWebAuthn = () => false

const never = () => {
  throw new Error('This page has no WebAuthn')
}

export {
  never as createCredential,
  never as deserializeCredentialCreationOptions,
  never as deserializeCredentialRequestOptions,
  never as getCredential,
  never as serializeCredentialCreationResponse,
  never as serializeCredentialRequestResponse,
}
