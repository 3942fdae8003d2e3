const one = (count: number, singular: string, plural: string) => `${count} ${count === 1 ? singular : plural}`

export const sync = {
  offline: 'You are offline. You can read what was loaded and go on writing.',
  unreachable: 'Helix does not answer just now. It is tried again by itself.',
  maintenance: 'Helix is being maintained.',
  until: (time: string) => `Expected back: ${time}.`,
  checkNow: 'Check now',
  waiting: (count: number) =>
    `${one(count, 'message waits', 'messages wait')} to be sent, and ${count === 1 ? 'goes' : 'go'} out by ${count === 1 ? 'itself' : 'themselves'}.`,
  notKept: {
    denied:
      'This browser keeps nothing for Helix, as in a private window: drafts and unsent messages end with this tab.',
    full: 'This device has no room left: drafts and unsent messages end with this tab.',
  },
  update: 'A new version is ready.',
  reload: 'Reload',
  later: 'Later',
  signOut: {
    title: 'Sign out?',
    body: (count: number) =>
      `${one(count, 'message has', 'messages have')} not been sent yet. Signing out deletes ${count === 1 ? 'it' : 'them'} from this device.`,
    confirm: 'Delete and sign out',
  },
}
