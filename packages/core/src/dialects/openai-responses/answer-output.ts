import type { BlockDelta, Delta, MediaDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { createAudioItem } from './answer-audio.ts'
import { createCallItem } from './answer-calls.ts'
import type { EventWriter } from './answer-events.ts'
import type { OpenItem, Output } from './answer-item.ts'
import { createReasoningItem, writeSeal } from './answer-reasoning.ts'
import { createMessageItem } from './answer-text.ts'
import type { NamespacedName } from './namespaces.ts'

/** The items of an answer, and the events that tell them as they grow. */
export interface AnswerOutput {
  /** Finished ones, in order. */
  readonly items: readonly JsonObject[]
  push(delta: Delta): string
}

export interface OutputOptions {
  readonly writer: EventWriter
  /** What the ids of items are made from. */
  readonly name: string
  /** Tools that are shown under a namespace, by their flat names. */
  namespaces(): ReadonlyMap<string, NamespacedName>
}

/** Each block of the hub is an item of its own. One instance an answer. */
export function createAnswerOutput({ writer, name, namespaces }: OutputOptions): AnswerOutput {
  const items: JsonObject[] = []
  const audio = createAudioItem()
  let open: OpenItem | undefined
  const output: Output = {
    writer,
    nextId: (prefix) => `${prefix}_${name}_${items.length}`,
    nextIndex: () => items.length,
    add: (item) => writer.event('response.output_item.added', { output_index: items.length, item }),
    done(item) {
      items.push(item)
      return writer.event('response.output_item.done', { output_index: items.length - 1, item })
    },
  }

  function begin(item: OpenItem): string {
    open = item
    return item.begin()
  }

  function startCall(delta: Extract<BlockDelta, { type: 'tool-start' }>): string {
    const sealed = delta.seal === undefined ? '' : writeSeal(output, delta.seal)
    return sealed + begin(createCallItem(output, delta, namespaces().get(delta.name)))
  }

  function stop(): string {
    const text = open?.end() ?? ''
    open = undefined
    return text
  }

  function showMedia(delta: MediaDelta): string {
    return delta.kind === 'image' ? writeImage(output, delta) : audio.push(output, delta)
  }

  /** Why nothing was said takes the place of what was not said. */
  function finish({ refusal }: Extract<Delta, { type: 'finish' }>): string {
    const sound = audio.end(output)
    if (refusal === undefined || items.some(({ type }) => type === 'message')) return sound
    const item = createMessageItem(output, true)
    return sound + item.begin() + item.push({ type: 'text', index: 0, text: refusal }) + item.end()
  }

  function push(delta: Delta): string {
    switch (delta.type) {
      case 'text-start':
        return begin(createMessageItem(output, delta.refusal === true))
      case 'thinking-start':
        return begin(createReasoningItem(output, delta.redacted === true))
      case 'tool-start':
        return startCall(delta)
      case 'block-stop':
        return stop()
      case 'media':
        return showMedia(delta)
      case 'opaque':
        return delta.dialect === 'openai-responses' ? writeItem(output, delta.value) : ''
      case 'finish':
        return finish(delta)
      case 'start':
      case 'error':
        return ''
      default:
        return open?.push(delta) ?? ''
    }
  }

  return { items, push }
}

/** An item that has no steps: all of it is known at once. */
function writeItem(output: Output, item: JsonObject): string {
  const whole = { id: output.nextId('item'), ...item }
  return output.add(whole) + output.done(whole)
}

function writeImage(output: Output, { mediaType, data }: MediaDelta): string {
  const id = output.nextId('ig')
  const place = { item_id: id, output_index: output.nextIndex() }
  const item = { id, type: 'image_generation_call', status: 'in_progress', result: null }
  const output_format = mediaType.replace('image/', '')
  return (
    output.add(item) +
    output.writer.event('response.image_generation_call.completed', place) +
    output.done({ ...item, status: 'completed', result: data, output_format })
  )
}
