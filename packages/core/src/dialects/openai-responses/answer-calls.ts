import type { BlockDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { eventHead } from './answer-events.ts'
import type { OpenItem, Output } from './answer-item.ts'
import type { NamespacedName } from './namespaces.ts'

const kinds = {
  function: {
    type: 'function_call',
    prefix: 'fc',
    event: 'response.function_call_arguments',
    member: 'arguments',
  },
  custom: {
    type: 'custom_tool_call',
    prefix: 'ctc',
    event: 'response.custom_tool_call_input',
    member: 'input',
  },
} as const

/** A call as an item: of a function with JSON `arguments`, of a custom tool with its text as `input`. */
export function createCallItem(
  output: Output,
  call: Extract<BlockDelta, { type: 'tool-start' }>,
  namespaced: NamespacedName | undefined,
): OpenItem {
  const { type, prefix, event, member } = call.custom ? kinds.custom : kinds.function
  const id = output.nextId(prefix)
  const place = { item_id: id, output_index: output.nextIndex() }
  const head = eventHead(`${event}.delta`, place)
  const named = namespaced ?? { name: call.name }
  let text = ''

  const item = (status: string): JsonObject => ({
    id,
    type,
    status,
    [member]: text,
    call_id: call.id || id,
    ...named,
  })

  return {
    begin: () => output.add(item('in_progress')),
    push(delta) {
      if (delta.type !== 'tool-arguments') return ''
      text += delta.json
      return output.writer.write(head, `,"delta":${JSON.stringify(delta.json)}`)
    },
    end: () =>
      output.writer.event(`${event}.done`, { ...place, [member]: text }) + output.done(item('completed')),
  }
}
