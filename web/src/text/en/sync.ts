export const sync = {
  offline: 'You are offline.',
}
