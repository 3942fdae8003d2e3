import type { ComponentType } from 'preact'
import { ErrorBoundary } from 'preact-iso/lazy'
import { LocationProvider, Route, Router } from 'preact-iso/router'
import { useApp, useText } from './app.ts'
import { lazyPage } from './lazy-page.tsx'
import { NotFound } from './not-found.tsx'
import { SignedIn } from './signed-in.tsx'
import { ToastList } from './ui/toast-list.tsx'

const Chat = forPeople(lazyPage(() => import('./chat/chat-page.tsx').then((m) => m.ChatPage)))
const Settings = forPeople(lazyPage(() => import('./settings/settings-page.tsx').then((m) => m.SettingsPage)))
const Usage = forPeople(lazyPage(() => import('./usage/usage-page.tsx').then((m) => m.UsagePage)))
const Admin = forPeople(lazyPage(() => import('./admin/admin-page.tsx').then((m) => m.AdminPage)))
const Status = lazyPage(() => import('./status/status-page.tsx').then((m) => m.StatusPage))
const SignIn = lazyPage(() => import('./signin/sign-in-page.tsx').then((m) => m.SignInPage))
const SignUp = lazyPage(() => import('./signin/sign-up-page.tsx').then((m) => m.SignUpPage))
const Forgot = lazyPage(() => import('./signin/forgot-page.tsx').then((m) => m.ForgotPage))
const Reset = lazyPage(() => import('./signin/reset-page.tsx').then((m) => m.ResetPage))
const Confirm = lazyPage(() => import('./signin/confirm-page.tsx').then((m) => m.ConfirmPage))

/** Pages of the gateway that are none of ours. */
const OURS = /^\/(?!(docs|openapi\.json|config\.json|metrics|health|api|auth|local)(\/|$))/

/** Path to page. */
export function Pages() {
  const { toasts } = useApp()
  const { close } = useText().common
  return (
    <LocationProvider scope={OURS}>
      <ErrorBoundary>
        <Router>
          <Route path="/" component={Chat} />
          <Route path="/c/:sessionKey" component={Chat} />
          <Route path="/settings/:section?" component={Settings} />
          <Route path="/usage" component={Usage} />
          <Route path="/status" component={Status} />
          <Route path="/admin/:section?" component={Admin} />
          <Route path="/sign-in" component={SignIn} />
          <Route path="/sign-up" component={SignUp} />
          <Route path="/forgot" component={Forgot} />
          <Route path="/reset" component={Reset} />
          <Route path="/confirm" component={Confirm} />
          <Route default component={NotFound} />
        </Router>
      </ErrorBoundary>
      <ToastList toasts={toasts} closeLabel={close} />
    </LocationProvider>
  )
}

/** The page, for who is signed in. */
function forPeople(Page: ComponentType): ComponentType {
  return () => (
    <SignedIn>
      <Page />
    </SignedIn>
  )
}
