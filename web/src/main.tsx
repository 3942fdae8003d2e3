import { render } from 'preact'
import './ui/tokens.css'
import './ui/base.css'
import { AppContext, createApp } from './app.ts'
import { Pages } from './routes.tsx'
import { sayNothingWorks } from './start.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createApp().then(
  (app) =>
    render(
      <AppContext.Provider value={app}>
        <Pages />
      </AppContext.Provider>,
      root,
    ),
  () => sayNothingWorks(root),
)
