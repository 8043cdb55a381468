import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.shared.ts'

export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/opentelemetry.ts', 'src/prometheus.ts', 'src/testing.ts'],
  ...packageBuild,
})
