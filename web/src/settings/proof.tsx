import { useState } from 'preact/hooks'
import { useApp, useText } from '../app.ts'
import { Banner } from '../ui/banner.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import css from './settings.module.css'

/** A fresh proof that it is still the same person: a code where they have a second factor, else their password. */
export interface Proof {
  wanted: 'code' | 'password' | undefined
  given: string
  set(given: string): void
  /** Finds out which proof there is to ask for. */
  ask(): Promise<void>
  /** Proves it; from then on the session counts as fresh. @throws SignInRefusal */
  give(): Promise<void>
}

/** Holds a proof while it is asked for. */
export function useProof(): Proof {
  const { session } = useApp()
  const [wanted, setWanted] = useState<Proof['wanted']>()
  const [given, set] = useState('')
  const [known, setKnown] = useState({ email: '', factorId: '' })
  return {
    wanted,
    given,
    set,
    async ask() {
      const { email, factors } = await session.own.read()
      setKnown({ email, factorId: factors[0]?.id ?? '' })
      setWanted(factors.length > 0 ? 'code' : 'password')
    },
    async give() {
      if (wanted === 'code') await session.own.prove(known.factorId, given.replaceAll(' ', ''))
      else await session.password(known.email, given)
    },
  }
}

export function ProofFields({ proof }: { proof: Proof }) {
  const { settings } = useText()
  const text = settings.deletion
  if (proof.wanted === undefined) return null
  return (
    <>
      <Banner>{text.again}</Banner>
      {proof.wanted === 'code' ? (
        <Field
          label={text.code}
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          maxLength={7}
          value={proof.given}
          onText={proof.set}
        />
      ) : (
        <>
          <PasswordField
            label={text.password}
            reveal={settings.password}
            name="password"
            autocomplete="current-password"
            required
            value={proof.given}
            onText={proof.set}
          />
          <p class={css.about}>{text.noPassword}</p>
        </>
      )}
    </>
  )
}
