import { ForStrangers } from './for-strangers.tsx'
import { Landed } from './landed.tsx'
import { SignInPage } from './sign-in-page.tsx'

/** Where mailed links end: signed in and on to the conversations, or told why not. */
export function ConfirmPage() {
  return (
    <Landed>
      {() => (
        <ForStrangers>
          <SignInPage />
        </ForStrangers>
      )}
    </Landed>
  )
}
