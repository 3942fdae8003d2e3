/** Why something did not work, where a page has nothing better to say. */
export const failures = {
  network: 'Nobody answered. Is the network there?',
  often: 'Too often in a short time. Wait a moment, then try again.',
  signedOut: 'You are no longer signed in. Sign in again.',
  maintenance: 'Helix is under maintenance. Try again later.',
  full: 'Helix has no room for anything new right now. What you have is safe; try again later.',
  weak: 'That password is too easy to guess. Choose a longer one.',
  samePassword: 'That is your password already.',
  taken: 'This address cannot be used.',
  badCode: 'That code is not right, or no longer. Ask for another.',
  refused: (reason: string) => `That was not accepted: ${reason}`,
  other: (code: string) => `That did not work (${code}). Try again.`,
}
