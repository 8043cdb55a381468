import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Manifest {
  readonly name: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

const read = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/** What an application installs beside ours. Anything new here is a decision. */
const allowed = {
  core: ['keyv', 'ws', 'zod'],
  express: ['@tollgate/core'],
  koa: ['@tollgate/core'],
  fastify: ['@tollgate/core'],
  tollgate: ['@tollgate/core', 'commander'],
}

test.each(Object.entries(allowed))('%s depends on what it should and on nothing else', (name, expected) => {
  expect(Object.keys(read(`packages/${name}`).dependencies ?? {}).sort()).toEqual(expected)
})

test('everything that is installed with the packages has a permissive licence and no install script', () => {
  const installed = Object.values(allowed)
    .flat()
    .filter((name) => !name.startsWith('@tollgate/'))
  const seen = new Map<string, Manifest>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    const folder = ['node_modules', 'packages/tollgate/node_modules']
      .map((modules) => join(modules, name))
      .find((candidate) => existsSync(join(root, candidate)))
    const manifest = read(folder ?? join('node_modules', name))
    seen.set(name, manifest)
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency)
  }
  for (const name of installed) visit(name)
  expect(seen.size).toBeLessThanOrEqual(8)
  for (const { name, license, scripts = {} } of seen.values()) {
    expect([name, license]).toEqual([name, expect.stringMatching(/^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause)$/)])
    expect(Object.keys(scripts).filter((script) => /^(pre|post)?install$/.test(script))).toEqual([])
  }
})
