const seconds = (count: number) => (count === 1 ? 'a second' : `${count} seconds`)
const wait = (count: number) => (count < 90 ? seconds(count) : `${Math.ceil(count / 60)} minutes`)

export const signin = {
  tagline: 'Your own assistant, on a machine of your own.',
  promise: 'What it writes is kept as it comes. Close the tab; it goes on.',
  signIn: 'Sign in',
  signUp: 'Create an account',
  email: 'E-mail',
  password: 'Password',
  show: 'Show the password',
  hide: 'Hide the password',
  passwordHint: '8 characters or more. A few words are easier to keep than signs.',
  toSignUp: { before: 'New here?', link: 'Create an account' },
  toSignIn: { before: 'You have an account?', link: 'Sign in' },
  forgotLink: 'Forgot your password?',
  or: 'or',
  mailLink: 'Mail me a link to sign in',
  mailLinkNeeds: 'Fill in your e-mail address first.',
  signingIn: 'Signing in',
  other: 'Use another account',
  factor: {
    title: 'One more proof',
    body: 'Enter the code of six digits that your authenticator shows.',
    code: 'Code',
    go: 'Go on',
  },
  mail: {
    title: 'Look at your mail',
    confirm: (email: string) =>
      `We have sent a link to ${email}. Open it in this browser to confirm the address.`,
    link: (email: string) => `If ${email} has an account, a link is on its way. Open it in this browser.`,
    reset: (email: string) => `If ${email} has an account, a link is on its way. It leads to a new password.`,
    code: 'Code from the mail',
    codeHint: 'Reading your mail elsewhere? Enter the six digits instead.',
    useCode: 'Use the code',
    again: 'Send it again',
    againIn: (count: number) => `Send it again in ${seconds(count)}`,
    sent: 'Sent again. The earlier mail no longer works.',
    local: 'No mail server here? On this machine, this opens the mail:',
    back: 'Back to sign-in',
  },
  forgot: {
    title: 'A new password',
    body: 'We mail you a link with which you choose one.',
    send: 'Mail me the link',
  },
  reset: {
    title: 'Choose a new password',
    body: (email: string) => `For ${email}. Every other device is signed out.`,
    password: 'New password',
    save: 'Save and go on',
    saved: 'Your new password holds.',
    needsLink: 'To choose a new password you need a link that we mail you.',
    getLink: 'Get a link',
  },
  confirm: {
    underWay: 'One moment …',
    agreedTitle: 'One of two',
    agreed: 'This address has agreed. The change holds once the link in the other mail was opened, too.',
    goOn: 'Go on',
    askTitle: 'Another account?',
    ask: (now: string, email: string | undefined) =>
      `You are signed in as ${now}. This link signs you in ${email === undefined ? 'to the account it was made for' : `as ${email}`}. Go on only if you asked for it.`,
    switch: 'Use the link',
    stay: 'Keep my account',
    refusedTitle: 'This link does not work',
    elsewhere:
      'It was asked for in another browser. If it confirms an address, that has worked: sign in. Else ask for a new one here.',
    used: 'It was used already, or is too old.',
  },
  refused: {
    invalid_credentials: 'Address and password do not fit.',
    email_not_confirmed: 'This address is not confirmed yet.',
    resend: 'Mail the link again',
    user_banned: 'This account is suspended.',
    user_already_exists: 'There is an account with this address. Sign in, or choose a new password.',
    email_address_invalid: 'No mail can be sent to this address.',
    signup_disabled: 'Nobody can create an account here. Ask whoever runs this Helix for an invitation.',
    same_password: 'That is your password already. Choose another.',
    weak: {
      start: 'Choose a stronger password:',
      length: '8 characters or more',
      characters: 'more kinds of characters',
      pwned: 'none that is known from a leak',
    },
    mfa_verification_failed: 'That code is not right, or was used already. Wait for the next one.',
    code: 'That code is not right, or no longer. Ask for another.',
    limit: (count: number | undefined) =>
      count === undefined ? 'Too often. Wait a few minutes.' : `Too often. Try again in ${wait(count)}.`,
    mailLimit: (count: number | undefined) =>
      count === undefined
        ? 'Too many mails. Wait a few minutes.'
        : `A mail has just been sent. Try again in ${wait(count)}.`,
    expired: 'Signing in took too long. Begin again.',
  },
}
