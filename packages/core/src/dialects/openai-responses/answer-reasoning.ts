import type { BlockDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { packSeal, type Seal, unsealed } from '../seal.ts'
import { eventHead } from './answer-events.ts'
import type { OpenItem, Output } from './answer-item.ts'

/**
 * Thinking as a reasoning item: its text is the summary, its seal the encrypted content, shown whether it was asked
 * for or not because without it the client could not go on. The item begins with its first text, since of reasoning
 * that is all sealed the seal tells the id.
 */
export function createReasoningItem(output: Output, isRedacted: boolean): OpenItem {
  let shown: ShownSummary | undefined
  let seal: Seal | undefined

  function think(delta: Extract<BlockDelta, { type: 'thinking' }>): string {
    if (shown !== undefined) return shown.push(delta.text)
    shown = createSummary(output)
    return shown.begin() + shown.push(delta.text)
  }

  return {
    begin: () => '',
    push(delta) {
      if (delta.type === 'seal') seal = delta.seal
      return delta.type === 'thinking' ? think(delta) : ''
    },
    end() {
      const sealed = seal && (isRedacted ? { ...seal, redacted: true as const } : seal)
      if (shown !== undefined) return shown.end(sealed)
      return sealed === undefined ? '' : writeSeal(output, sealed)
    },
  }
}

/** An item that is nothing but a seal: hidden reasoning, or the signature of the call that comes next. */
export function writeSeal(output: Output, seal: Seal): string {
  const id = (seal.origin === 'openai' && seal.id) || output.nextId('rs')
  return (
    output.add(reasoning(id, [])) +
    output.done({ ...reasoning(id, []), encrypted_content: packSeal(seal, 'openai') })
  )
}

interface ShownSummary {
  begin(): string
  push(text: string): string
  end(seal: Seal | undefined): string
}

function createSummary(output: Output): ShownSummary {
  const { writer } = output
  const id = output.nextId('rs')
  const place = { item_id: id, output_index: output.nextIndex(), summary_index: 0 }
  const head = eventHead('response.reasoning_summary_text.delta', place)
  let text = ''
  const part = (): JsonObject => ({ type: 'summary_text', text })
  return {
    begin: () =>
      output.add(reasoning(id, [])) +
      writer.event('response.reasoning_summary_part.added', { ...place, part: part() }),
    push(more) {
      text += more
      return writer.write(head, `,"delta":${JSON.stringify(more)}`)
    },
    end: (seal) =>
      writer.event('response.reasoning_summary_text.done', { ...place, text }) +
      writer.event('response.reasoning_summary_part.done', { ...place, part: part() }) +
      output.done({
        ...reasoning(id, [part()]),
        encrypted_content: seal === undefined ? unsealed : sealedAs(seal, id),
      }),
  }
}

/** The id cannot change once it is told: a seal that is known by another one takes it along. */
function sealedAs(seal: Seal, id: string): string {
  const isOther = seal.origin === 'openai' && seal.id !== undefined && seal.id !== id
  return packSeal(seal, isOther ? 'anthropic' : 'openai')
}

function reasoning(id: string, summary: readonly JsonObject[]): JsonObject {
  return { id, type: 'reasoning', summary }
}
