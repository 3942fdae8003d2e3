import { defineCommand } from '../define.ts'
import { deployOptions } from './options.ts'
import { bringPage } from './pages.ts'
import { DEPLOY_ACTS } from './run.ts'
import { showBrought } from './view.ts'

export default defineCommand({
  examples: [
    ['helix deploy web --env production --plan', 'print every change, make none'],
    ['helix deploy web --env production', 'bring the page; undone by itself when it is bad'],
    ['helix deploy web --env production --resume', 'go on after the deployer died'],
  ],
  description:
    'Brings the built page to where deploy.web says: folders that nginx serves, Vercel or Netlify. It is brought beside ' +
    'the page that serves, asked, switched to, and asked again as people would; one that is not served as it must be ' +
    'is taken back. The scripts of the two releases before stay for tabs that are open.',
  acts: DEPLOY_ACTS,
  options: deployOptions('a built page; without it the one built of this commit'),
  run: (options, context) => bringPage('web', options, context),
  view: showBrought,
})
