import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,gateway,commands,bin,test}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
