import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@tollgate/source'] },
  ssr: { resolve: { conditions: ['@tollgate/source'], externalConditions: ['@tollgate/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    env: { TOLLGATE_SPOOL: join(tmpdir(), `tollgate-spool-${process.pid}`) },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // By itself it leaves one core of two idle.
    maxWorkers: 2,
  },
})
