import { defineConfig } from 'vitest/config'

/** The long suites, each in a file of its own; two at a time, since much of theirs is waiting for machines. */
export default defineConfig({
  test: {
    include: ['test/{kill,long}/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
})
