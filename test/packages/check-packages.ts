import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Packs every package as it would be published, checks what is in it, installs all of them into an empty
 * project beside the frameworks, and uses them there: from JavaScript, from TypeScript and on the command line.
 */
const root = join(import.meta.dirname, '../..')
const names = ['core', 'express', 'koa', 'fastify', 'tollgate']

const project = mkdtempSync(join(tmpdir(), 'tollgate-packages-'))
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, TOLLGATE_STORE: 'memory:' },
  })
const tool = (name: string) => join(root, 'node_modules/.bin', name)
const versionOf = (name: string) => readManifest(join(root, 'node_modules', name)).version

function readManifest(folder: string): { readonly version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

function pack(name: string): string {
  const folder = join(root, 'packages', name)
  const [packed] = JSON.parse(run('npm', 'pack', folder, '--json', '--silent')) as Packed[]
  const paths = packed?.files.map(({ path }) => path) ?? []
  for (const needed of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'])
    if (!paths.includes(needed)) throw new Error(`The package ${name} lacks ${needed}.`)
  const strays = paths.filter(
    (path) => !/^(dist\/|README\.md$|LICENSE$|THIRD-PARTY\.md$|package\.json$)/.test(path),
  )
  if (strays.length > 0) throw new Error(`The package ${name} carries ${strays.join(', ')}.`)
  run(tool('publint'), folder, '--strict')
  run(tool('attw'), join(project, packed?.filename ?? ''), '--profile', 'esm-only')
  console.log(`${name}: ${paths.length} files, publint and arethetypeswrong clean`)
  return join(project, packed?.filename ?? '')
}

/** Strict and with the declarations of libraries checked; what is wrong in those of others is theirs. */
function checkTypes(): void {
  const compiler = join(project, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [compiler, '--project', '.'], {
    cwd: project,
    encoding: 'utf8',
  })
  const ours = stdout
    .split('\n')
    .filter((line) => /^(use\.ts|node_modules\/(@tollgate\/|tollgate\/))/.test(line))
  if (ours.length > 0) throw new Error(ours.join('\n'))
  console.log('types: strict, with our declarations checked')
}

try {
  const tarballs = names.map(pack)
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  )
  const beside = ['express', 'koa', 'fastify', 'typescript', '@types/express', '@types/koa', '@types/node']
  const versions = beside.map((name) => `${name}@${versionOf(name)}`)
  run('npm', 'install', '--no-audit', '--no-fund', '--silent', ...tarballs, ...versions)
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true })
  console.log(run(process.execPath, 'use.js').trim())
  checkTypes()
  const models = JSON.parse(run('npx', 'tollgate', 'models', '--sandbox', '--json')) as unknown[]
  if (models.length === 0) throw new Error('The command line lists no model.')
  console.log(`command line: ${models.length} models`)
} finally {
  rmSync(project, { recursive: true, force: true })
}
