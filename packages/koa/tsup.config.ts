import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node22',
  dts: true,
  clean: true,
  // Without its protocol `node:sqlite` does not resolve.
  removeNodeProtocol: false,
})
