import { defineConfig } from 'vitest/config'

/** The long suites, each in a file of its own; one at a time, since what they measure is time. */
export default defineConfig({
  test: {
    include: ['test/{kill,long}/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
})
