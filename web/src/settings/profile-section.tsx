import { useState } from 'preact/hooks'
import type { Profile } from '../../../src/contract/profile.ts'
import { useApp, useText } from '../app.ts'
import { useFormat } from '../format/use-format.ts'
import { failureText } from '../text/failure.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useAct } from '../ui/use-act.ts'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import css from './settings.module.css'

/** How Helix knows the person. */
export function ProfileSection() {
  const { client } = useApp()
  const { common, settings, failures } = useText()
  const profile = useLoad(() => client.account.profile(), [])
  return (
    <>
      <p class={css.intro}>{settings.profile.intro}</p>
      <Waiting loaded={profile} labels={common} failed={failureText(profile.error, failures)} />
      {profile.value && (
        <>
          <ProfileForm profile={profile.value} onSaved={(saved) => profile.put(() => saved)} />
          <Facts profile={profile.value} />
        </>
      )}
    </>
  )
}

function ProfileForm({ profile, onSaved }: { profile: Profile; onSaved: (saved: Profile) => void }) {
  const { client, toasts } = useApp()
  const { settings, failures } = useText()
  const [name, setName] = useState(profile.displayName ?? '')
  const [picture, setPicture] = useState(profile.avatarUrl ?? '')
  const save = useAct(async () => {
    const change = changeOf(profile, name, picture)
    if (!change) return toasts.say(settings.unchanged)
    onSaved(await client.account.changeProfile(change))
    toasts.say(settings.saved)
  })
  const pictureBad = picture.trim() !== '' && !isPicture(picture.trim())
  return (
    <form
      class={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!pictureBad) void save.run()
      }}
    >
      <Field
        label={settings.profile.name}
        hint={settings.profile.nameHint}
        name="name"
        autocomplete="name"
        maxLength={100}
        value={name}
        onText={setName}
      />
      <Field
        label={settings.profile.picture}
        hint={settings.profile.pictureHint}
        error={pictureBad && settings.profile.pictureBad}
        name="picture"
        inputMode="url"
        autocomplete="photo"
        spellcheck={false}
        maxLength={2000}
        value={picture}
        onText={setPicture}
      />
      {save.error !== undefined && (
        <p class={css.failed} role="alert">
          {failureText(save.error, failures)}
        </p>
      )}
      <Button type="submit" kind="primary" busy={save.busy}>
        {settings.profile.save}
      </Button>
    </form>
  )
}

function Facts({ profile }: { profile: Profile }) {
  const { settings } = useText()
  const format = useFormat()
  return (
    <section class={css.part}>
      <h3>{settings.profile.facts}</h3>
      {profile.creator && <p class={css.intro}>{settings.profile.creator}</p>}
      <dl class={css.facts}>
        <dt>{settings.profile.conversations}</dt>
        <dd>{format.count(profile.conversationCount)}</dd>
        <dt>{settings.profile.today}</dt>
        <dd>{format.count(profile.messagesToday)}</dd>
        <dt>{settings.profile.userId}</dt>
        <dd>
          <code>{profile.userId}</code>
        </dd>
      </dl>
    </section>
  )
}

/** What differs from what is stored; undefined where nothing does. */
function changeOf(profile: Profile, name: string, picture: string) {
  const displayName = name.trim() || null
  const avatarUrl = picture.trim() || null
  const change = {
    ...(displayName === profile.displayName ? {} : { displayName }),
    ...(avatarUrl === profile.avatarUrl ? {} : { avatarUrl }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

function isPicture(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
}
