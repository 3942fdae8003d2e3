/** The one style sheet of the pages: light and dark by the reader's choice, from a phone's width up. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fdfdfc, #131417);
  --raised: light-dark(#f4f4f1, #1c1e22);
  --ink: light-dark(#1d1e20, #e6e6e3);
  --soft: light-dark(#5c5f66, #a0a3aa);
  --line: light-dark(#e2e2dd, #303339);
  --link: light-dark(#1d4f91, #9ec1f5);
  --get: light-dark(#1a6b45, #7fd1a5);
  --post: light-dark(#1d4f91, #9ec1f5);
  --change: light-dark(#8a5a00, #e6bd6a);
  --delete: light-dark(#a3262c, #f09a96);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'Segoe UI Mono', 'DejaVu Sans Mono', monospace;
  font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', sans-serif;
  -webkit-text-size-adjust: 100%;
  scroll-padding-top: 4.5rem;
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: break-word }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.18em }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px }
.skip { position: absolute; left: -99rem }
.skip:focus { left: 1rem; top: 0.75rem; z-index: 2; background: var(--ground); padding: 0.2rem 0.6rem }
.top { position: sticky; top: 0; z-index: 1; background: var(--ground); border-bottom: 1px solid var(--line) }
.top nav { display: flex; gap: 1.5rem; align-items: baseline; max-width: 78rem; margin: auto; padding: 0.75rem 1.5rem }
.top a { color: var(--soft); text-decoration: none; white-space: nowrap }
.top a:hover, .top a[aria-current] { color: var(--ink) }
.top .name { color: var(--ink); font-weight: 650 }
.frame { display: grid; grid-template-columns: 16rem minmax(0, 1fr); gap: 3.5rem; max-width: 78rem; margin: auto; padding: 0 1.5rem }
.contents { position: sticky; top: 3.1rem; align-self: start; max-height: calc(100vh - 3.1rem); overflow-y: auto; padding: 2rem 0.5rem 2rem 0; font-size: 0.9rem; line-height: 1.4; scrollbar-width: thin }
.contents summary { cursor: pointer; font-weight: 600 }
@supports selector(::details-content) {
  @media (min-width: 54.01rem) {
    .contents summary { display: none }
    .contents::details-content { display: block; content-visibility: visible; height: auto }
  }
}
.contents ul { list-style: none; margin: 0; padding: 0 }
.contents li { margin: 0.3rem 0 }
.contents .part { margin: 1.3rem 0 0.4rem; font-weight: 600 }
.contents > ul > .part:first-child { margin-top: 0 }
.contents a { color: var(--soft); text-decoration: none }
.contents .part a { color: var(--ink) }
.contents a:hover { color: var(--link) }
.contents .route { display: grid; grid-template-columns: 3.1rem minmax(0, 1fr); align-items: baseline }
main { padding: 2rem 0 6rem; min-width: 0 }
main > p, main > ul, main > ol, article > p, article > ul, article > ol, section > p { max-width: 42rem }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; letter-spacing: -0.012em }
h1 { font-size: 2rem; margin: 0 0 1rem }
h2 { font-size: 1.45rem; margin: 3.5rem 0 1rem; padding-top: 1.5rem; border-top: 1px solid var(--line) }
h3 { font-size: 1.12rem; margin: 2.2rem 0 0.6rem }
h4 { font-size: 0.95rem; margin: 1.6rem 0 0.5rem }
h4 small { font-weight: 400; color: var(--soft); font-size: 1em }
p, ul, ol { margin: 0 0 0.9rem }
li { margin: 0.2rem 0 }
code { font: 0.875em/1.5 var(--mono); font-variant-ligatures: none }
:not(pre, a) > code { background: var(--raised); border-radius: 3px; padding: 0.1em 0.25em }
a > code { color: inherit }
.word { white-space: nowrap }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.9rem 1.1rem; overflow-x: auto; margin: 0 0 1.1rem; line-height: 1.5; tab-size: 2 }
pre code { font-size: 0.84rem }
.scroll { overflow-x: auto; margin: 0 0 1.2rem }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; line-height: 1.45 }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 0.84rem }
th, td { padding: 0.45rem 1rem 0.45rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th:last-child, td:last-child { padding-right: 0 }
td:first-child code { white-space: nowrap }
.fields { table-layout: fixed }
.fields th:first-child { width: 31% }
.fields th:nth-child(2) { width: 25% }
.fields td:nth-child(2) { color: var(--soft) }
.fields td:first-child code { white-space: normal; overflow-wrap: anywhere }
.fields .need { font-size: 0.84rem }
.need { color: var(--soft) }
article { margin: 0 0 3.5rem }
article > h3 { margin-top: 3rem; font-size: 1.02rem; font-family: var(--mono); font-weight: 600; letter-spacing: 0 }
article > h3 a { color: inherit; text-decoration: none }
article > h3 a:hover { text-decoration: underline }
article .summary { font-size: 1.08rem; text-wrap: pretty }
.method { font: 650 0.72rem/1 var(--mono); text-transform: uppercase; border: 1px solid; border-radius: 4px; padding: 0.28em 0.5em; margin-right: 0.6em; vertical-align: 0.12em }
.get { color: var(--get) } .post { color: var(--post) } .put, .patch { color: var(--change) } .delete { color: var(--delete) }
.contents .method { border: 0; padding: 0; margin: 0; font-size: 0.64rem }
:target > h3, h2:target, h3:target, tr:target > td:first-child { box-shadow: -0.9rem 0 0 var(--ground), -1.1rem 0 0 var(--link) }
@media (max-width: 54rem) {
  .frame { display: block }
  .contents { position: static; max-height: none; padding: 0; margin: 1.25rem 0 0; border: 1px solid var(--line); border-radius: 6px }
  .contents summary { padding: 0.6rem 1rem; font-size: 1rem }
  .contents > ul { padding: 0.2rem 1rem 1rem }
  .contents li { margin: 0.55rem 0 }
  .top nav { padding: 0.7rem 1.1rem; gap: 1.1rem; overflow-x: auto; font-size: 0.94rem; scrollbar-width: none }
  .frame { padding: 0 1.1rem }
  main { padding-top: 1.5rem }
  h1 { font-size: 1.65rem }
  :is(.fields, .wide), :is(.fields, .wide) :is(tbody, tr, td) { display: block; width: auto }
  :is(.fields, .wide) thead { display: none }
  :is(.fields, .wide) tr { border-bottom: 1px solid var(--line); padding: 0.55rem 0 }
  :is(.fields, .wide) td { border: 0; padding: 0 }
  .wide td:first-child code { white-space: normal; overflow-wrap: anywhere }
  .wide td:not(:first-child)::before { content: attr(data-label) ' '; color: var(--soft); font-size: 0.84rem }
  .wide td:empty { display: none }
}
@media print { .contents, .top { display: none } .frame { display: block } pre { white-space: pre-wrap } }
`
