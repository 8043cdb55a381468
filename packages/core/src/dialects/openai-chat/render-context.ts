import type { CacheMark, Conversation } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import { fieldName } from '../field-names.ts'
import type { JsonObject } from '../json.ts'
import { type OpenAiModelFacts, openAiModelFacts } from '../openai-models.ts'
import { createWarnings, type Warnings } from '../warnings.ts'
import { cacheBreakpoint, takesBreakpoints } from './cache-breakpoint.ts'
import { createToolNames, type ToolNames } from './tool-names.ts'

/** What the parts of one rendering share. */
export interface RenderContext {
  readonly conversation: Conversation
  readonly target: RenderTarget
  readonly facts: OpenAiModelFacts
  readonly warnings: Warnings
  readonly toolNames: ToolNames
  /** It was written in this dialect, so that nothing of it is foreign. */
  readonly isOwn: boolean
  /** The provider is OpenAI itself: it takes what only OpenAI's own API knows. */
  readonly isOpenAi: boolean
  /** The client's name of a field of the hub. */
  field(name: Parameters<typeof fieldName>[1]): string
  /** A breakpoint as a member to spread into a part; empty where the target knows none. */
  cacheMark(cache: CacheMark | undefined): JsonObject
}

export function createRenderContext(conversation: Conversation, target: RenderTarget): RenderContext {
  const isOwn = conversation.dialect === 'openai-chat'
  const isOpenAi = target.traits.developerRole === true
  return {
    conversation,
    target,
    isOwn,
    isOpenAi,
    facts: openAiModelFacts(target.model),
    warnings: createWarnings(target.strict),
    toolNames: createToolNames(target.traits.toolNameLength),
    field: (name) => fieldName(conversation.dialect, name),
    cacheMark(cache) {
      if (cache === undefined) return {}
      if (isOpenAi) return isOwn || takesBreakpoints(target.model) ? cacheBreakpoint(cache) : {}
      return isOwn ? { cache_control: { type: 'ephemeral', ...cache } } : {}
    },
  }
}
