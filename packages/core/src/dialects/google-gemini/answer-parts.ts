import { parseArguments } from '../anthropic-messages/arguments.ts'
import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { hiddenThinking, renderThoughtSignature } from './part-seal.ts'

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'call'
  readonly start: Delta
  json: string
  /** Nothing of it was shown. */
  isHidden: boolean
}

/** Turns the blocks of the hub, one after another, into parts of one content. One instance an answer. */
export function createAnswerParts(): (delta: Delta) => JsonObject | undefined {
  /** Blocks do not overlap. */
  let open: OpenBlock | undefined

  function begin(kind: OpenBlock['kind'], start: Delta): undefined {
    open = { kind, start, json: '', isHidden: true }
  }

  /** Calls are shown whole, as Gemini does; all else has been shown already. */
  function stop(): JsonObject | undefined {
    const block = open
    open = undefined
    return block?.start.type === 'tool-start' ? renderCall(block.start, block.json) : undefined
  }

  function seal({ seal }: Extract<Delta, { type: 'seal' }>): JsonObject {
    const isThinking = open?.start.type === 'thinking-start'
    // Of a part without a character the AI SDK takes the signature for the part before it.
    const text = isThinking && open?.isHidden ? hiddenThinking : ''
    const isRedacted = open?.start.type === 'thinking-start' && open.start.redacted === true
    const thoughtSignature = renderThoughtSignature(isRedacted ? { ...seal, redacted: true } : seal)
    return { text, ...(isThinking ? { thought: true } : {}), thoughtSignature }
  }

  return (delta) => {
    switch (delta.type) {
      case 'text-start':
        return begin('text', delta)
      case 'thinking-start':
        return begin('thinking', delta)
      case 'tool-start':
        return begin('call', delta)
      case 'text':
        return { text: delta.text }
      case 'thinking':
        if (open !== undefined) open.isHidden = false
        return { text: delta.text, thought: true }
      case 'seal':
        return seal(delta)
      case 'tool-arguments':
        if (open !== undefined) open.json += delta.json
        return undefined
      case 'block-stop':
        return stop()
      case 'media':
        return renderMedia(delta)
      case 'opaque':
        return delta.dialect === 'google-gemini' ? delta.value : undefined
      default:
        return undefined
    }
  }
}

function renderCall(
  { id, name, seal, custom }: Extract<Delta, { type: 'tool-start' }>,
  json: string,
): JsonObject {
  const args = custom ? { input: json } : parseArguments(json)
  const signature = seal === undefined ? {} : { thoughtSignature: renderThoughtSignature(seal) }
  return { functionCall: { id, name, args }, ...signature }
}

function renderMedia({ mediaType, data, transcript }: Extract<Delta, { type: 'media' }>): JsonObject {
  const said = transcript === undefined ? {} : { audioTranscription: { text: transcript } }
  return { inlineData: { mimeType: mediaType, data }, ...said }
}
