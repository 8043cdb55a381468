import type { JsonObject } from '../json.ts'
import type { ItemOutput, ItemParser } from './item-parser.ts'
import { createCallItemParser } from './output-call.ts'
import { createMessageItemParser } from './output-message.ts'
import { createReasoningItemParser } from './output-reasoning.ts'

/** @param item As it was when it began. */
export function createItemParser(item: JsonObject, out: ItemOutput): ItemParser {
  switch (item.type) {
    case 'message':
      return createMessageItemParser(out)
    case 'reasoning':
      return createReasoningItemParser(out)
    case 'function_call':
    case 'custom_tool_call':
      return createCallItemParser(item, out)
    case 'image_generation_call':
      return createImageItemParser(out)
    default:
      return createOpaqueItemParser(out)
  }
}

function createImageItemParser(out: ItemOutput): ItemParser {
  return {
    push: ignore,
    finish(item) {
      if (typeof item?.result !== 'string' || item.result === '') return
      const format = typeof item.output_format === 'string' ? item.output_format : 'png'
      const mediaType = format === 'svg' ? 'image/svg+xml' : `image/${format}`
      out.emit({ type: 'media', kind: 'image', mediaType, data: item.result })
    },
  }
}

/** The provider's own tools and their results, compactions: only as they are at their end. */
function createOpaqueItemParser(out: ItemOutput): ItemParser {
  return {
    push: ignore,
    finish(item) {
      if (item !== undefined) out.emit({ type: 'opaque', dialect: 'openai-responses', value: item })
    },
  }
}

function ignore(): void {
  // What happens within such an item has no counterpart.
}
