import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

/**
 * Builds every server under test as JavaScript, and has it use the packages as they are installed: a process that
 * strips types as it loads carries a compiler of its own, which is no server's memory.
 *
 * @returns The folder of the built modules.
 */
export async function buildServers(): Promise<URL> {
  const folder = new URL('../../node_modules/.cache/tollgate-bench/', import.meta.url)
  await build({
    config: false,
    silent: true,
    entry: [fileURLToPath(new URL('servers/*.ts', import.meta.url))],
    outDir: fileURLToPath(folder),
    format: 'esm',
    target: 'node24',
    skipNodeModulesBundle: true,
    removeNodeProtocol: false,
    clean: true,
  })
  return folder
}
