import type { Options } from 'tsup'

/** How every package is built; each adds its entries. */
export const packageBuild = {
  format: 'esm',
  target: 'node22',
  dts: true,
  clean: true,
  // Without its protocol `node:sqlite` does not resolve.
  removeNodeProtocol: false,
} satisfies Options
