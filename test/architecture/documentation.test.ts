import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { builtInProviders } from '../../packages/core/src/providers/built-in.ts'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))
const root = join(packages, '..')
const entries = [
  'core/src/index.ts',
  'core/src/node.ts',
  'core/src/opentelemetry.ts',
  'core/src/prometheus.ts',
  'core/src/testing.ts',
  'express/src/index.ts',
  'koa/src/index.ts',
  'fastify/src/index.ts',
].map((file) => packages + file)

const program = ts.createProgram(entries, {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  customConditions: ['@tollgate/source'],
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
})
const checker = program.getTypeChecker()

/** Every export of every entry, where it is declared. */
function exportsOf(file: string): ts.Symbol[] {
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${file} exports nothing.`)
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
}

test.each(entries.map((file) => [file.slice(packages.length), file]))(
  '%s documents what it exports',
  (_, file) => {
    const exported = exportsOf(file)
    expect(exported.length).toBeGreaterThan(0)
    const bare = exported.filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    expect(bare.map(({ name }) => name)).toEqual([])
  },
)

test.each(entries.map((file) => [file.slice(packages.length), file]))(
  '%s shows each function in use',
  (_, file) => {
    const functions = exportsOf(file).filter(({ flags }) => flags & ts.SymbolFlags.Function)
    const bare = functions.filter(
      (symbol) => !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
    )
    expect(bare.map(({ name }) => name)).toEqual([])
  },
)

test('the README points at files that are there', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const targets = [...readme.matchAll(/^\[\w+\]: (\S+)$/gm)].map(([, target]) => target ?? '')
  expect(targets.length).toBeGreaterThan(5)
  for (const target of targets) expect([target, existsSync(join(root, target))]).toEqual([target, true])
})

test('the README lists every provider with its variable', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const missing = builtInProviders.filter(({ id, environment, keyless, cloud }) => {
    // A cloud's are many, and have a section of their own.
    const variable = cloud ? id : keyless ? environment.baseUrl : environment.apiKey
    return !readme.split('\n').some((line) => line.startsWith(`| \`${id}\``) && line.includes(variable))
  })
  expect(missing.map(({ id }) => id)).toEqual([])
})
