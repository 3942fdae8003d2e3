import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,gateway,commands,bin,docs,test}/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    exclude: ['test/{kill,long}/**'],
    globalSetup: 'test/web/support/build-page.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
