import { GatewayError } from '../../errors/gateway-error.ts'
import type { Modality, ModelFeature } from '../../models/model.ts'
import type { Needs } from '../../models/selection/needs.ts'
import type { HeaderMap } from '../../upstream/transport.ts'

/** Where a client declares what it needs of a model. A header, because every dialect and every client has those. */
export const requireHeader = 'tollgate-require'

const modalities: ReadonlySet<string> = new Set<Modality>(['image', 'pdf', 'audio', 'video'])
const features: ReadonlySet<string> = new Set<ModelFeature>(['tools', 'schema', 'reasoning'])

/**
 * Adds what the header `tollgate-require` declares to what a request shows: `tools, schema, reasoning, image, pdf,
 * audio, video, context=200000, output=8000`.
 *
 * @throws GatewayError `invalid_request` that names the word that is none.
 * @example
 * declareNeeds(needs, { 'tollgate-require': 'tools, context=200000' }).contextWindow // 200_000
 */
export function declareNeeds(needs: Needs, headers: HeaderMap): Needs {
  const header = headers[requireHeader]
  if (header === undefined) return needs
  const words = [header].flat().join(',').split(',')
  return words
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '')
    .reduce(declare, needs)
}

function declare(needs: Needs, word: string): Needs {
  if (modalities.has(word)) return { ...needs, input: new Set([...needs.input, word as Modality]) }
  if (features.has(word)) return { ...needs, features: new Set([...needs.features, word as ModelFeature]) }
  const [, limit, digits] = /^(context|output)\s*=\s*([1-9]\d{0,8})$/.exec(word) ?? []
  if (limit === 'context') return { ...needs, contextWindow: Number(digits) }
  if (limit === 'output') return { ...needs, outputTokens: Math.max(Number(digits), needs.outputTokens ?? 0) }
  throw new GatewayError({
    code: 'invalid_request',
    message:
      `The header "${requireHeader}" names "${word.slice(0, 64)}"; it takes tools, schema, reasoning, image, pdf, ` +
      'audio, video, context=<tokens> and output=<tokens>.',
    param: requireHeader,
  })
}
