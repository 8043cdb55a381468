import { createHash } from 'node:crypto'
import type { ModelEntry } from '../src/models/model.ts'
import { findFaults } from './checks.ts'
import { addNewer, readNewer } from './newer.ts'
import { applyOverlay, fineTunes, readOverlay } from './overlay.ts'
import { providers } from './providers.ts'
import { seedModels } from './seed.ts'

/** The catalogue as the generator makes it from its three inputs. */
export interface GeneratedCatalog {
  /** What `src/models/catalog.json` must hold, byte for byte. */
  readonly text: string
  readonly models: readonly ModelEntry[]
}

/** @throws Error that lists every fault, when the catalogue may not be shipped. */
export function generateCatalog(): GeneratedCatalog {
  const newer = readNewer()
  const facts = readOverlay()
  const inputs = providers.flatMap((provider) => addNewer(provider.id, seedModels(provider), newer))
  const models = applyOverlay(inputs, facts).map(tidy).sort(byId)
  const tunes = fineTunes(models, facts).map(tidy).sort(byId)
  const faults = [...findFaults(models), ...findFaults(tunes)]
  if (faults.length > 0) throw new Error(`The catalogue has faults:\n${faults.join('\n')}`)
  return { text: toText(models, tunes), models }
}

/** One model a line, so that a change of price is a change of one line. */
function toText(models: readonly ModelEntry[], tunes: readonly ModelEntry[]): string {
  const version = createHash('sha256')
    .update(JSON.stringify([models, tunes]))
    .digest('hex')
  const lines = (list: readonly ModelEntry[]) => list.map((model) => JSON.stringify(model)).join(',\n')
  return `{"version":"${version}","models":[\n${lines(models)}\n],"fineTunes":[\n${lines(tunes)}\n]}\n`
}

function byId(left: ModelEntry, right: ModelEntry): number {
  const [a, b] = [`${left.provider}:${left.id}`, `${right.provider}:${right.id}`]
  return a < b ? -1 : Number(a > b)
}

/** One order of members for every entry, whichever input made it; a dated id tells its own release. */
function tidy(model: ModelEntry): ModelEntry {
  const { id, provider, upstreamId, aliases, kinds, name, contextWindow } = model
  const { maxInputTokens, maxOutputTokens, input, output, deprecatedAt, prices } = model
  const released = model.released ?? dateIn(id)
  const facts = {
    name,
    released,
    contextWindow,
    maxInputTokens,
    maxOutputTokens,
    input,
    output,
    deprecatedAt,
  }
  const entry = { id, provider, upstreamId, aliases: [...aliases].sort(), kinds, ...facts, prices }
  return JSON.parse(JSON.stringify(entry))
}

function dateIn(id: string): string | undefined {
  const [, year, month, day] = /-(20\d{2})-?(\d{2})-?(\d{2})$/.exec(id) ?? []
  return year === undefined ? undefined : `${year}-${month}-${day}`
}
