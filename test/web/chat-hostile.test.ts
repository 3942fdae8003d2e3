import { expect, it } from 'vitest'
import { describePage } from './support/browser.ts'
import { ended, lastReply, say } from './support/chat.ts'

const PAYLOADS = [
  '<script>window.owned = 1</script>',
  '<img src=x onerror="window.owned = 2">',
  '<svg/onload=window.owned=3>',
  '<iframe srcdoc="<script>parent.owned=4</script>"></iframe>',
  '[click](javascript:window.owned=5)',
  '[click](java&#115;cript:window.owned=6)',
  '[click](data:text/html,<script>opener.owned=7</script>)',
  '<a href="javascript:window.owned=8" id=x>click</a>',
  '![x](https://tracker.example/pixel.png)',
  '![x](x "onerror=window.owned=9")',
  '$\\href{javascript:window.owned=10}{click}$',
  '$$\\includegraphics{https://tracker.example/a.png}$$',
  '`<img src=x onerror=window.owned=11>`',
  '```html\n<img src=x onerror="window.owned=12">\n```',
  '```"><img src=x onerror=window.owned=13>\ncode\n```',
  '| <img src=x onerror=window.owned=14> |\n|---|\n| <b onmouseover=window.owned=15>x</b> |',
  '<style>body{display:none}</style>',
  '<form action="https://evil.example"><input name=q></form>',
  '<base href="https://evil.example/">',
  '[x]: javascript:window.owned=16\n\n[click][x]',
  '<javascript:window.owned=17>',
  '<math><mtext><img src=x onerror=window.owned=18></mtext></math>',
]
const ALL = PAYLOADS.join('\n\n')

describePage(
  'a reply that would do something',
  { engine: 'pglite', stub: { behave: () => ({ reply: ALL }) } },
  (web) => {
    it('does nothing: not as a reply, not as a message, not as a title, and fetches nothing', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await say(page, ALL)
      await ended(page)
      await lastReply(page).locator('math').or(lastReply(page).locator('pre')).first().waitFor()
      for (const link of await page.locator('article a').all()) await link.hover()
      await page.mouse.move(400, 300)
      await page.reload()
      await ended(page)
      expect(await page.evaluate(() => (window as { owned?: number }).owned)).toBeUndefined()
      expect(asked.filter((url) => !url.startsWith(web.gateway.url))).toEqual([])
      const found = await page.evaluate(() => ({
        elements: [
          ...document.querySelectorAll(
            'article :is(script, img, iframe, object, embed, form, base, style, link)',
          ),
        ].map((one) => one.outerHTML),
        handlers: [...document.querySelectorAll('article *')].flatMap((one) =>
          [...one.attributes].filter(({ name }) => /^on/i.test(name)).map(({ name }) => name),
        ),
        links: [...document.querySelectorAll<HTMLAnchorElement>('article a')].map(({ protocol }) => protocol),
      }))
      expect(found.elements).toEqual([])
      expect(found.handlers).toEqual([])
      expect(found.links.length).toBeGreaterThan(0)
      expect(found.links.every((protocol) => ['http:', 'https:', 'mailto:'].includes(protocol))).toBe(true)
      expect(await lastReply(page).innerText()).toContain('<script>window.owned = 1</script>')
    })
  },
)
