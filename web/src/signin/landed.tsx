import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso/router'
import { useApp } from '../app.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import type { SignInRefusal } from './refusal.ts'
import css from './signin-frame.module.css'
import { SigninFrame } from './signin-frame.tsx'
import { refusedText } from './words.ts'

/** Waits for what a mailed link comes to, asks and tells what there is, and goes on with `children` once it is done. */
export function Landed({ children }: { children: () => ComponentChildren }) {
  const { session, text } = useApp()
  const { signin } = text.value
  const state = session.landing.state.value
  if (state === 'none' || state === 'done') return <>{children()}</>
  if (state === 'under-way') {
    return (
      <SigninFrame title={signin.signingIn}>
        <Spinner label={signin.confirm.underWay} />
      </SigninFrame>
    )
  }
  if (state === 'agreed') {
    return (
      <SigninFrame title={signin.confirm.agreedTitle} lead={signin.confirm.agreed}>
        <div>
          <ButtonLink href="/">{signin.confirm.goOn}</ButtonLink>
        </div>
      </SigninFrame>
    )
  }
  return 'asking' in state ? <Asking {...state.asking} /> : <LinkRefused refusal={state.refused} />
}

function Asking({ instead, email }: { instead: string; email: string | undefined }) {
  const { session, text } = useApp()
  const { route } = useLocation()
  const { confirm } = text.value.signin
  return (
    <SigninFrame title={confirm.askTitle} lead={confirm.ask(instead, email)}>
      <div class={css.row}>
        <Button kind="primary" onClick={() => route('/', true)}>
          {confirm.stay}
        </Button>
        <Button onClick={() => void session.landing.go()}>{confirm.switch}</Button>
      </div>
    </SigninFrame>
  )
}

const USED = new Set(['otp_expired', 'flow_state_not_found', 'flow_state_expired', 'access_denied'])
const ELSEWHERE = new Set(['pkce_code_verifier_not_found', 'bad_code_verifier'])

function LinkRefused({ refusal }: { refusal: SignInRefusal }) {
  const { text } = useApp()
  const { signin } = text.value
  const { confirm } = signin
  const why = ELSEWHERE.has(refusal.code)
    ? confirm.elsewhere
    : USED.has(refusal.code)
      ? confirm.used
      : refusedText(refusal, text.value)
  return (
    <SigninFrame title={confirm.refusedTitle} lead={why}>
      <div class={css.row}>
        <ButtonLink kind="primary" href="/sign-in">
          {signin.signIn}
        </ButtonLink>
        <ButtonLink href="/forgot">{signin.forgot.title}</ButtonLink>
      </div>
    </SigninFrame>
  )
}
