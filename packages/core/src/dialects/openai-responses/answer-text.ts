import type { BlockDelta, CitationDelta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { eventHead } from './answer-events.ts'
import type { OpenItem, Output } from './answer-item.ts'

/**
 * A block of text, or of refusal, as a message of one part. What a provider signs its text with has no place here:
 * clients would not send it back, and no provider insists on it.
 *
 * @param extras Further members of the part when it is finished.
 */
export function createMessageItem(output: Output, isRefusal: boolean, extras: JsonObject = {}): OpenItem {
  const { writer } = output
  const id = output.nextId('msg')
  const place = { item_id: id, output_index: output.nextIndex(), content_index: 0 }
  const kind = isRefusal ? 'response.refusal' : 'response.output_text'
  const head = eventHead(`${kind}.delta`, place)
  const citations: CitationDelta[] = []
  const logprobs: JsonObject[] = []
  let text = ''

  const part = (annotations: readonly JsonObject[]): JsonObject =>
    isRefusal ? { type: 'refusal', refusal: text } : { type: 'output_text', annotations, logprobs, text }
  const message = (status: string, content: readonly JsonObject[]): JsonObject => ({
    id,
    type: 'message',
    status,
    role: 'assistant',
    content,
  })

  function write(delta: Extract<BlockDelta, { type: 'text' }>): string {
    text += delta.text
    const json = `,"delta":${JSON.stringify(delta.text)}`
    if (isRefusal) return writer.write(head, json)
    if (delta.logprobs === undefined) return writer.write(head, `${json},"logprobs":[]`)
    logprobs.push(...delta.logprobs)
    return writer.write(head, `${json},"logprobs":${JSON.stringify(delta.logprobs)}`)
  }

  return {
    begin: () =>
      output.add(message('in_progress', [])) +
      writer.event('response.content_part.added', { ...place, part: part([]) }),
    push(delta) {
      if (delta.type === 'text') return write(delta)
      if (delta.type === 'citation') citations.push(delta)
      return ''
    },
    end() {
      const annotations = isRefusal ? [] : citations.map((citation) => annotationOf(citation, text.length))
      const cited = annotations.map((annotation, index) =>
        writer.event('response.output_text.annotation.added', {
          ...place,
          annotation_index: index,
          annotation,
        }),
      )
      const whole = { ...part(annotations), ...extras }
      const told = isRefusal ? { refusal: text } : { text, logprobs }
      return (
        cited.join('') +
        writer.event(`${kind}.done`, { ...place, ...told }) +
        writer.event('response.content_part.done', { ...place, part: whole }) +
        output.done(message('completed', [whole]))
      )
    },
  }
}

/** Of a source that does not say what it is for, the whole text of its block. */
function annotationOf({ url, title = '', start = 0, end }: CitationDelta, length: number): JsonObject {
  return { type: 'url_citation', url, title, start_index: start, end_index: end ?? length }
}
