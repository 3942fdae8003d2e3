const MAIL = /[\w.!#$%&'*+=?^`{|}~-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}/gi

/** The text without mail addresses; who is meant is told by pseudonyms. */
export function hideMail(text: string): string {
  return text.includes('@') || text.includes('%40') ? text.replace(MAIL, '[REDACTED:mail]') : text
}
