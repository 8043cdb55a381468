import type { JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'

/** Fields of the hub by the members that carry them. */
const fields: Readonly<Record<string, Parameters<RenderContext['field']>[0]>> = {
  tools: 'tools',
  tool_choice: 'toolChoice',
  parallel_tool_calls: 'parallelToolCalls',
  max_output_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_logprobs: 'logprobs',
  reasoning: 'reasoning',
  text: 'responseFormat',
  safety_identifier: 'user',
  user: 'user',
  metadata: 'metadata',
  prompt_cache_key: 'cacheKey',
  service_tier: 'serviceTier',
}
/** What the client has not asked for needs no word. */
const ours = new Set(['store', 'include'])

/** The body without the members that the provider's servers refuse. */
export function withoutRefused(body: JsonObject, { target, warnings, field }: RenderContext): JsonObject {
  const refused = new Set(target.traits.refusedMembers)
  const kept = Object.entries(body).filter(([name]) => {
    if (!refused.has(name)) return true
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined
    const told = known === undefined ? name : field(known)
    if (!ours.has(name)) warnings.dropped(told, `${told} is not taken by this provider.`)
    return false
  })
  return Object.fromEntries(kept)
}
