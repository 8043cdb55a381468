/**
 * Writes `src/models/catalog.json`; with `--check` it only compares and fails on a difference.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { ModelEntry } from '../src/models/model.ts'
import { generateCatalog } from './generate.ts'
import { reviewNotes } from './report.ts'

const target = new URL('../src/models/catalog.json', import.meta.url)
const committed = existsSync(target) ? readFileSync(target, 'utf8') : ''
const { text, models } = generateCatalog()

if (process.argv.includes('--check')) {
  if (text !== committed) {
    console.error('catalog.json is not what its inputs make. Run: npm run catalog')
    process.exitCode = 1
  }
} else {
  const before: { models: readonly ModelEntry[] } = committed === '' ? { models: [] } : JSON.parse(committed)
  for (const note of reviewNotes(models, before.models)) console.log(`review: ${note}`)
  writeFileSync(target, text)
  console.log(`${models.length} models, ${text.length} bytes`)
}
