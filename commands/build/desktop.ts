import { noDesktop } from '../../src/build/desktop.ts'
import { defineCommand } from '../define.ts'

export default defineCommand({
  examples: [['helix build desktop', 'says what is missing for the desktop application']],
  description: 'There is no desktop application yet.',
  run(): never {
    throw noDesktop()
  },
})
