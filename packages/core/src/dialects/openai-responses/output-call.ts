import type { JsonObject } from '../json.ts'
import { type ItemOutput, type ItemParser, restOf, textOf } from './item-parser.ts'
import { isParallelWrapper, unwrapParallelCalls, type WrappedCall } from './parallel-calls.ts'

/**
 * A call of one of the client's tools. Its arguments come in pieces, or only as a whole at the end, or in pieces
 * that the end completes.
 *
 * @param item As it was when it began.
 */
export function createCallItemParser(item: JsonObject, out: ItemOutput): ItemParser {
  const name = textOf(item.name)
  return name === '' || isParallelWrapper(name) ? createHeldCall(item, out) : createShownCall(item, out)
}

function createShownCall(item: JsonObject, out: ItemOutput): ItemParser {
  const index = out.nextIndex()
  const isCustom = item.type === 'custom_tool_call'
  let told = ''

  function say(json: string): void {
    if (json === '') return
    told += json
    out.emit({ type: 'tool-arguments', index, json })
  }

  const call = { type: 'tool-start', index, id: idOf(item), name: textOf(item.name) } as const
  out.emit(isCustom ? { ...call, custom: true } : call)
  return {
    push: (type, event) => say(argumentsOf(type, event, told)),
    finish(last = item) {
      say(restOf(last.arguments ?? last.input, told))
      // Of a call that was cut off nothing is whole.
      if (told === '' && !isCustom && last.status !== 'incomplete') say('{}')
      out.emit({ type: 'block-stop', index })
    },
  }
}

/** A call that may be several in one, which its end shows; or one whose name comes late. */
function createHeldCall(item: JsonObject, out: ItemOutput): ItemParser {
  let held = ''

  function show(call: JsonObject): void {
    createShownCall(call, out).finish(call)
  }

  function showAll(calls: readonly WrappedCall[], id: string): void {
    for (const [at, call] of calls.entries()) show(wrappedItem(call, `${id}_${at}`))
  }

  return {
    push(type, event) {
      held += argumentsOf(type, event, held)
    },
    finish(last) {
      const whole: JsonObject = { ...item, ...last }
      const json = held + restOf(whole.arguments ?? whole.input, held)
      const calls = isParallelWrapper(textOf(whole.name)) ? unwrapParallelCalls(json) : undefined
      if (calls !== undefined) showAll(calls, idOf(whole))
      else if (textOf(whole.name) !== '') show({ ...whole, arguments: json, input: json })
    },
  }
}

function wrappedItem(call: WrappedCall, callId: string): JsonObject {
  return { type: 'function_call', call_id: callId, ...call }
}

/** What an event adds to the arguments: a piece of them, or what a whole has beyond the pieces. */
function argumentsOf(type: string, event: JsonObject, told: string): string {
  switch (type) {
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return textOf(event.delta)
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.done':
      return restOf(event.arguments ?? event.input, told)
    default:
      return ''
  }
}

function idOf({ call_id: callId, id }: JsonObject): string {
  return textOf(callId) || textOf(id)
}
