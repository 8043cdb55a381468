import type { JsonObject } from '../json.ts'
import { parseArguments } from './arguments.ts'
import type { BlockParser } from './parse-blocks.ts'

/** A block that only this dialect knows, whole at its stop: it may pass through the hub, but not in pieces. */
export function createOpaqueParser(block: JsonObject): BlockParser {
  let input = ''
  let content: unknown

  function whole(): JsonObject {
    return {
      ...block,
      ...(input === '' ? {} : { input: parseArguments(input) }),
      ...(content === undefined ? {} : { content }),
    }
  }

  return {
    start: () => [],
    delta(delta) {
      if (typeof delta.partial_json === 'string') input += delta.partial_json
      if (delta.type === 'compaction_delta') content = delta.content
      return []
    },
    stop: () => [{ type: 'opaque', dialect: 'anthropic-messages', value: whole() }],
  }
}
