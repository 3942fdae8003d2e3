import { render } from 'preact'
import './ui/tokens.css'
import './ui/base.css'
import { AppContext, createApp } from './app.ts'
import { Pages } from './routes.tsx'
import { takeBrought } from './signin/brought.ts'
import { sayNothingWorks } from './start.ts'
import { reachOf } from './sync/reach.ts'
import { TextContext } from './text/use-text.ts'
import { ReachContext } from './ui/reading-again.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createApp(takeBrought(location, history)).then(
  (app) =>
    render(
      <AppContext.Provider value={app}>
        <TextContext.Provider value={app.text}>
          <ReachContext.Provider value={reachOf(app.connection)}>
            <Pages />
          </ReachContext.Provider>
        </TextContext.Provider>
      </AppContext.Provider>,
      root,
    ),
  () => sayNothingWorks(root),
)
