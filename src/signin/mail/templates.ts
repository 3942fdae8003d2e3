import type { Mail, MailKind } from './mail.ts'

/** What is said in a mail of one kind; every text of every mail is here. */
interface Wording {
  subject: string
  /** Why the mail comes. */
  reason: string
  /** What the link does; absent where there is none. */
  action?: string
  /** How long link and code work. */
  life: string
}

const WORDINGS: Record<MailKind, Wording> = {
  signup: {
    subject: 'Confirm your e-mail address',
    reason: 'Somebody, you we hope, signed up to Helix with this address.',
    action: 'Confirm the address and sign in',
    life: '24 hours',
  },
  magiclink: {
    subject: 'Your sign-in link',
    reason: 'Somebody, you we hope, wants to sign in to Helix with this address.',
    action: 'Sign in',
    life: 'one hour',
  },
  recovery: {
    subject: 'Reset your password',
    reason: 'Somebody, you we hope, asked for a new password for your account.',
    action: 'Sign in and choose a new password',
    life: 'one hour',
  },
  invite: {
    subject: 'You are invited to Helix',
    reason: 'You have been invited to use Helix.',
    action: 'Accept the invitation',
    life: '24 hours',
  },
  email_change_current: {
    subject: 'Confirm the change of your e-mail address',
    reason:
      'Your account is to get another e-mail address. That needs a yes from this one and from the new one.',
    action: 'Agree to the change',
    life: '24 hours',
  },
  email_change_new: {
    subject: 'Confirm your new e-mail address',
    reason: 'A Helix account is to get this e-mail address.',
    action: 'Confirm the address',
    life: '24 hours',
  },
  reauthentication: {
    subject: 'Your confirmation code',
    reason: 'A change to your account needs a fresh proof that it is you.',
    life: 'one hour',
  },
}

/** The mail of one kind with its link and code. `to` is not quoted in it: an address is text somebody chose. */
export function composeMail(kind: MailKind, { to, link, code }: Pick<Mail, 'to' | 'link' | 'code'>): Mail {
  const { subject, reason, action, life } = WORDINGS[kind]
  const shown = action === undefined ? null : link
  const closing = `They work once, for ${life}. If you did not ask for this, do nothing, and tell nobody the code.`
  const text = [
    reason,
    ...(shown ? [`${action}:\n${shown}`, `Or enter this code: ${code}`] : [`Enter this code: ${code}`]),
    shown ? closing : closing.replace('They work', 'It works'),
  ].join('\n\n')
  return {
    to,
    kind,
    subject,
    text: `${text}\n`,
    html: page({ ...WORDINGS[kind], link: shown, code }),
    link: shown,
    code,
  }
}

function page({
  subject,
  reason,
  action,
  life,
  link,
  code,
}: Wording & { link: string | null; code: string }) {
  const button = link
    ? `<p><a href="${escaped(link)}" style="background:#1f2937;color:#fff;padding:10px 18px;border-radius:6px;` +
      `text-decoration:none;display:inline-block">${escaped(action ?? '')}</a></p>`
    : ''
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>` +
    `<body style="font-family:system-ui,sans-serif;line-height:1.5;color:#1f2937">` +
    `<h1 style="font-size:20px">${escaped(subject)}</h1><p>${escaped(reason)}</p>${button}` +
    `<p>${link ? 'Or enter this code' : 'Enter this code'}: <strong style="letter-spacing:2px">${code}</strong></p>` +
    `<p style="color:#6b7280">${link ? 'They work' : 'It works'} once, for ${life}. If you did not ask for this, ` +
    `do nothing, and tell nobody the code.</p></body></html>\n`
  )
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
