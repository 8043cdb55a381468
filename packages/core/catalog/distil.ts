/**
 * Distils the unpacked tarball of @earendil-works/pi-ai into `pi-ai.json`:
 * `node catalog/distil.ts <folder> <date of its data>`. Run by hand at a refresh, then `npm run format`; never by
 * the gateway.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewerModel } from './newer.ts'
import { providers } from './providers.ts'

const [folder = '', date = ''] = process.argv.slice(2)
const manifest: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

function readProvider(provider: string): NewerModel[] {
  const file = join(folder, 'dist/providers/data', `${provider}.json`)
  const apis: Record<string, Record<string, NewerModel>> = JSON.parse(readFileSync(file, 'utf8'))
  return Object.values(apis)
    .flatMap((models) => Object.entries(models))
    .filter(([key]) => key.startsWith('chat:'))
    .map(([, { id, name, input, contextWindow, maxTokens, cost }]) => ({
      id,
      name,
      input,
      contextWindow,
      maxTokens,
      cost,
    }))
}

const models = Object.fromEntries(
  providers.map(({ id, newer }) => {
    const all = readProvider(id)
    return [id, newer === 'all' ? all : all.filter((model) => newer.includes(model.id))]
  }),
)
const provenance = {
  package: '@earendil-works/pi-ai',
  version: manifest.version,
  licence: 'MIT',
  path: 'dist/providers/data/<provider>.json, the chat entries',
  checkedAt: date,
}
writeFileSync(
  new URL('./pi-ai.json', import.meta.url),
  `${JSON.stringify({ provenance, models }, undefined, 2)}\n`,
)
