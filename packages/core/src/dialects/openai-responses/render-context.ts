import type { CacheMark, Conversation, Part } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import { fieldName } from '../field-names.ts'
import type { JsonObject } from '../json.ts'
import { cacheBreakpoint, takesBreakpoints } from '../openai-chat/cache-breakpoint.ts'
import { createToolNames, type ToolNames } from '../openai-chat/tool-names.ts'
import { type OpenAiModelFacts, openAiModelFacts } from '../openai-models.ts'
import { createWarnings, type Warnings } from '../warnings.ts'

/** What the parts of one rendering share. */
export interface RenderContext {
  readonly conversation: Conversation
  readonly target: RenderTarget
  readonly facts: OpenAiModelFacts
  readonly warnings: Warnings
  readonly toolNames: ToolNames
  /** It was written in this dialect, so that nothing of it is foreign. */
  readonly isOwn: boolean
  /** It was written for OpenAI's API, whose rules and files it knows. */
  readonly isForOpenAi: boolean
  /** The provider is OpenAI itself. */
  readonly isOpenAi: boolean
  /** Tools of free text and choices among some tools, which other servers need not know. */
  readonly knowsCustomTools: boolean
  /** Nobody knows that the model cannot reason. */
  readonly mayReason: boolean
  /** The client's name of a field of the hub. */
  field(name: Parameters<typeof fieldName>[1]): string
  /** Some part of a foreign conversation is marked, and the target knows marks. */
  readonly isMarked: boolean
  /** A breakpoint as a member to spread into a part; empty where the target knows none. */
  cacheMark(cache: CacheMark | undefined): JsonObject
}

/** Models of OpenAI's that do not reason, as far as they are known by name. */
const unreasoning = /^(ft:)?(openai\/)?(gpt-[34]|chatgpt-|gpt-\d+(\.\d+)?-chat)/
/** In one request. */
const maximumMarks = 4

export function createRenderContext(conversation: Conversation, target: RenderTarget): RenderContext {
  const { dialect } = conversation
  const facts = openAiModelFacts(target.model)
  const isOwn = dialect === 'openai-responses'
  const isOpenAi = target.traits.developerRole === true
  const takesMarks = isOwn || (isOpenAi && takesBreakpoints(target.model))
  let marks = 0
  return {
    conversation,
    target,
    facts,
    isOwn,
    isOpenAi,
    knowsCustomTools: isOwn || isOpenAi,
    isForOpenAi: isOwn || dialect === 'openai-chat',
    mayReason: facts.reasoning || !unreasoning.test(target.model),
    warnings: createWarnings(target.strict),
    toolNames: createToolNames(target.traits.toolNameLength),
    field: (name) => fieldName(dialect, name),
    isMarked: takesMarks && !isOwn && hasMarks(conversation),
    cacheMark(cache) {
      if (cache === undefined || !takesMarks || marks === maximumMarks) return {}
      marks += 1
      return cacheBreakpoint(cache)
    },
  }
}

function hasMarks({ messages }: Conversation): boolean {
  return messages.some((message) =>
    message.parts.some((part: Part) => part.cache !== undefined || isMarkedWithin(part)),
  )
}

function isMarkedWithin(part: Part): boolean {
  return part.type === 'tool-result' && part.parts.some(({ cache }) => cache !== undefined)
}
