import { defineCommand } from '../define.ts'
import { deployOptions } from './options.ts'
import { bringPage } from './pages.ts'
import { DEPLOY_ACTS } from './run.ts'
import { showBrought } from './view.ts'

export default defineCommand({
  examples: [
    ['helix deploy status --env production --plan', 'print every change, make none'],
    [
      'helix deploy status --env production',
      'bring the copy of the status page; undone by itself when it is bad',
    ],
  ],
  description:
    'Brings the status page by itself, as helix build web made it, to where deploy.status says: folders that nginx ' +
    'serves, Vercel or Netlify. It asks the gateway and, while that does not answer, says so and shows the last known ' +
    'picture, which helix health keeps fresh on machines with nginx. Best where nothing of the gateway runs.',
  acts: DEPLOY_ACTS,
  options: deployOptions('a built page; without it the one built of this commit'),
  run: (options, context) => bringPage('status', options, context),
  view: showBrought,
})
