import type { RenderContext as MessagesContext } from '../anthropic-messages/render-context.ts'
import type { Conversation } from '../conversation.ts'
import { fieldName } from '../field-names.ts'
import type { JsonObject } from '../json.ts'
import { createToolNames, type ToolNames } from '../openai-chat/tool-names.ts'
import type { Warnings } from '../warnings.ts'
import { createDocumentNames } from './document-names.ts'
import type { ConverseFacts } from './model-facts.ts'

/** What the parts of one rendering share. What is the Messages API's own, its renderers are lent. */
export interface ConverseContext extends MessagesContext {
  readonly facts: ConverseFacts
  readonly warnings: Warnings
  /** The mark behind a part, as a block of its own; none where there is no mark or no more are allowed. */
  cachePoint(item: {
    readonly cache?: { readonly ttl?: string }
    readonly path: string
  }): readonly JsonObject[]
  readonly toolNames: ToolNames
  /** A name for a document that the API takes. */
  documentName(title: string | undefined): string
}

/** The API's limit in one request. */
const maximumMarks = 4

export function createConverseContext(
  { dialect }: Conversation,
  facts: ConverseFacts,
  warnings: Warnings,
): ConverseContext {
  let left = maximumMarks
  const ttlOf = (ttl: string | undefined) => (ttl === '1h' || ttl === '12h' ? { ttl: '1h' } : {})
  const takeMark = ({ cache, path }: Parameters<ConverseContext['cachePoint']>[0]) => {
    if (cache === undefined || !facts.caches) return undefined
    if (left === 0) {
      warnings.dropped(path, `Cache breakpoints beyond the first ${maximumMarks} are left out.`)
      return undefined
    }
    left -= 1
    return facts.isClaude ? ttlOf(cache.ttl) : {}
  }
  return {
    facts,
    warnings,
    isOwn: false,
    toolNames: createToolNames(),
    field: (name) => fieldName(dialect, name),
    cachePoint(item) {
      const mark = takeMark(item)
      return mark === undefined ? [] : [{ cachePoint: { type: 'default', ...mark } }]
    },
    cacheControl(item) {
      const mark = takeMark(item)
      return mark === undefined ? {} : { cache_control: mark }
    },
    isMarked: () => left < maximumMarks,
    documentName: createDocumentNames(),
  }
}
