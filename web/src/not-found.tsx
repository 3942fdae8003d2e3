import { useText } from './app.ts'
import { Notice } from './notice.tsx'
import { ButtonLink } from './ui/button.tsx'

/** There is no page at this address. */
export function NotFound() {
  const { notFound } = useText().common
  return (
    <Notice title={notFound.title} body={notFound.body}>
      <ButtonLink href="/">{notFound.home}</ButtonLink>
    </Notice>
  )
}
