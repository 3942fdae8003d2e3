/** Says, before there is a page, that none can be shown; in both languages, since no catalog may have come. */
export function sayNothingWorks(root: HTMLElement): void {
  const line = document.createElement('p')
  line.className = 'unstarted'
  line.textContent = 'Helix cannot be reached just now. · O Helix não está acessível neste momento.'
  const again = document.createElement('button')
  again.type = 'button'
  again.textContent = 'Try again · Tentar de novo'
  again.onclick = () => location.reload()
  root.replaceChildren(line, again)
}
