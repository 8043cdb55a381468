import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

/** What the answer would depend on, and cannot: state and servers that this API does not know. */
const impossible = new Set([
  'background',
  'cachedContent',
  'container',
  'conversation',
  'mcp_servers',
  'previous_response_id',
  'prompt',
  'thread',
])

/** Both of OpenAI's dialects have them. */
const shared = new Set(['prompt_cache_retention', 'prompt_cache_options', 'moderation'])

/** Hints that change no answer, and what the client's own dialect sees to. */
const unremarkable = new Set([...shared, 'include', 'stream_options', 'truncation'])

/** Members that only the source dialect knows: back into their own dialect, otherwise told of. */
export function renderExtensions(context: RenderContext): JsonObject {
  const { conversation, isOwn, isOpenAi, warnings } = context
  if (isOwn) return Object.fromEntries(conversation.extensions)
  const carried: Record<string, unknown> = {}
  for (const [name, value] of conversation.extensions) {
    if (value === false || value === null || value === undefined) continue
    if (impossible.has(name)) throw unsupportedMember(name, `${name} is not available on this model.`)
    if (isOpenAi && conversation.dialect === 'openai-responses' && shared.has(name)) carried[name] = value
    else if (!unremarkable.has(name)) warnings.dropped(name, `${name} has no counterpart on this model.`)
  }
  return carried
}
