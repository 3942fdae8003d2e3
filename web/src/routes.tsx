import type { ComponentProps, ComponentType } from 'preact'
import { useMemo } from 'preact/hooks'
import { ErrorBoundary } from 'preact-iso/lazy'
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router'
import { useApp, useText } from './app.ts'
import { lazyPage } from './lazy-page.tsx'
import { NotFound } from './not-found.tsx'
import { SignedIn } from './signed-in.tsx'
import type { Text } from './text/text.ts'
import { ToastList } from './ui/toast-list.tsx'
import { PageToasts } from './ui/toasts.ts'

/** Pages of the gateway that are none of ours. */
const OURS = /^\/(?!(docs|openapi\.json|config\.json|metrics|health|api|auth|local)(\/|$))/

/** Path to page. */
export function Pages() {
  const { toasts, text } = useApp()
  const { close } = useText().common
  const { Chat, Settings, Usage, Admin, Status, SignIn, SignUp, Forgot, Reset, Confirm } = useMemo(
    () => createPages(text),
    [text],
  )
  return (
    <PageToasts.Provider value={{ toasts, closeLabel: close }}>
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
        <Toasts toasts={toasts} closeLabel={close} />
      </LocationProvider>
    </PageToasts.Provider>
  )
}

function Toasts(said: ComponentProps<typeof ToastList>) {
  const { path } = useLocation()
  return <ToastList {...said} lifted={/^\/(c\/.*)?$/.test(path)} />
}

/** Each page is loaded when it is first shown, and with it what it says. */
function createPages(text: Text) {
  return {
    Chat: forPeople(lazyPage(() => import('./chat/chat-page.tsx').then((m) => m.ChatPage))),
    Settings: forPeople(
      lazyPage(
        () => import('./settings/settings-page.tsx').then((m) => m.SettingsPage),
        () => text.need('settings'),
      ),
    ),
    Usage: forPeople(
      lazyPage(
        () => import('./usage/usage-page.tsx').then((m) => m.UsagePage),
        () => text.need('usage'),
      ),
    ),
    Admin: forPeople(
      lazyPage(
        () => import('./admin/admin-page.tsx').then((m) => m.AdminPage),
        () => text.need('admin', 'status'),
      ),
    ),
    Status: lazyPage(
      () => import('./status/status-page.tsx').then((m) => m.StatusPage),
      () => text.need('status'),
    ),
    SignIn: lazyPage(() => import('./signin/sign-in-page.tsx').then((m) => m.SignInPage)),
    SignUp: lazyPage(() => import('./signin/sign-up-page.tsx').then((m) => m.SignUpPage)),
    Forgot: lazyPage(() => import('./signin/forgot-page.tsx').then((m) => m.ForgotPage)),
    Reset: lazyPage(() => import('./signin/reset-page.tsx').then((m) => m.ResetPage)),
    Confirm: lazyPage(() => import('./signin/confirm-page.tsx').then((m) => m.ConfirmPage)),
  }
}

/** The page, for who is signed in. */
function forPeople(Page: ComponentType): ComponentType {
  return () => (
    <SignedIn>
      <Page />
    </SignedIn>
  )
}
