import type { CitationDelta, Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { packSeal, type Seal } from '../seal.ts'
import { type AudioPiece, createMediaRenderer } from './answer-media.ts'

/** A piece of the assistant's message, as `choices[0].delta` has it. */
export interface ChatDelta {
  readonly role?: 'assistant'
  readonly content?: string
  readonly refusal?: string
  readonly reasoning_content?: string
  readonly thinking_blocks?: readonly JsonObject[]
  readonly annotations?: readonly JsonObject[]
  readonly audio?: AudioPiece
  readonly images?: readonly JsonObject[]
  readonly tool_calls?: readonly ToolCallDelta[]
}

export interface ToolCallDelta {
  readonly index: number
  readonly id?: string
  readonly type?: 'function' | 'custom'
  readonly function?: { readonly name?: string; readonly arguments: string }
  readonly custom?: { readonly name?: string; readonly input: string }
  readonly extra_content?: JsonObject
}

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool'
  /** Of text, where it begins in the joined text; of a tool call, its place among the calls. */
  readonly from: number
  readonly isRedacted?: boolean
  readonly isRefusal?: boolean
  readonly isCustom?: boolean
  text: string
  seal?: Seal
  readonly citations: Citation[]
}

/** `start` and `end` count from the block's beginning. */
interface Citation {
  readonly url: string
  readonly title: string
  readonly start: number | undefined
  readonly end: number | undefined
}

/**
 * Turns the blocks of the hub into pieces of one message. One instance an answer.
 *
 * Of members that it does not know, OpenAI's own client keeps the latest piece. So each piece of `thinking_blocks`
 * has those before it, and annotations wait until the text is over.
 */
export function createChatDeltas(context: AnswerContext): (delta: Delta) => ChatDelta | undefined {
  const renderMedia = createMediaRenderer(context)
  const blocks = new Map<number, OpenBlock>()
  let thinkingBlocks: readonly JsonObject[] = []
  let annotations: readonly JsonObject[] = []
  let textLength = 0
  let calls = 0

  function open(index: number, block: Omit<OpenBlock, 'text' | 'citations' | 'seal'>): undefined {
    blocks.set(index, { ...block, text: '', citations: [] })
  }

  function stop(index: number): ChatDelta | undefined {
    const block = blocks.get(index)
    blocks.delete(index)
    if (block?.kind === 'text' && block.citations.length > 0)
      annotations = [...annotations, ...annotationsOf(block, textLength)]
    if (block?.kind !== 'thinking' || block.seal === undefined) return undefined
    thinkingBlocks = [...thinkingBlocks, signedBlock(block, block.seal)]
    return { thinking_blocks: thinkingBlocks }
  }

  function takeAnnotations(): Pick<ChatDelta, 'annotations'> | undefined {
    if (annotations.length === 0) return undefined
    const owed = { annotations }
    annotations = []
    return owed
  }

  function finish({ refusal }: Extract<Delta, { type: 'finish' }>): ChatDelta | undefined {
    const owed = takeAnnotations()
    return refusal !== undefined && textLength === 0 ? { refusal, ...owed } : owed
  }

  function think({ index, text }: Extract<Delta, { type: 'thinking' }>): ChatDelta {
    const block = blocks.get(index)
    if (block !== undefined) block.text += text
    return { reasoning_content: text }
  }

  function seal(delta: Extract<Delta, { type: 'seal' }>): undefined {
    const block = blocks.get(delta.index)
    if (block !== undefined) block.seal = delta.seal
  }

  function startTool(delta: Extract<Delta, { type: 'tool-start' }>): ChatDelta {
    const { id, name, seal: sealed } = delta
    const isCustom = delta.custom === true
    open(delta.index, { kind: 'tool', from: calls, isCustom })
    const call: ToolCallDelta = {
      index: calls,
      id,
      ...(isCustom
        ? { type: 'custom', custom: { name, input: '' } }
        : { type: 'function', function: { name, arguments: '' } }),
      ...(sealed === undefined ? {} : signatureOf(sealed)),
    }
    calls += 1
    return { ...takeAnnotations(), tool_calls: [call] }
  }

  function addArguments(index: number, json: string): ChatDelta {
    const block = blocks.get(index)
    const place = block?.from ?? 0
    const call = block?.isCustom ? { custom: { input: json } } : { function: { arguments: json } }
    return { tool_calls: [{ index: place, ...call }] }
  }

  return (delta) => {
    switch (delta.type) {
      case 'start':
        return { role: 'assistant', content: '' }
      case 'text-start':
        return open(delta.index, { kind: 'text', from: textLength, isRefusal: delta.refusal === true })
      case 'thinking-start':
        return open(delta.index, { kind: 'thinking', from: 0, isRedacted: delta.redacted === true })
      case 'tool-start':
        return startTool(delta)
      case 'text':
        if (blocks.get(delta.index)?.isRefusal) return { refusal: delta.text }
        textLength += delta.text.length
        return { content: delta.text }
      case 'thinking':
        return think(delta)
      case 'seal':
        return seal(delta)
      case 'tool-arguments':
        return addArguments(delta.index, delta.json)
      case 'citation':
        blocks.get(delta.index)?.citations.push(citationOf(delta))
        return undefined
      case 'media':
      case 'opaque':
        return renderMedia(delta)
      case 'block-stop':
        return stop(delta.index)
      case 'finish':
        return finish(delta)
      default:
        return undefined
    }
  }
}

/** The block with its signature, for clients that send it back. Without one there is nothing to send back. */
function signedBlock({ text, isRedacted }: OpenBlock, seal: Seal): JsonObject {
  const signature = packSeal(seal, 'anthropic')
  return isRedacted
    ? { type: 'redacted_thinking', data: signature }
    : { type: 'thinking', thinking: text, signature }
}

function annotationsOf({ from, citations }: OpenBlock, end: number): readonly JsonObject[] {
  return citations.map(({ start, end: last, ...source }) => ({
    type: 'url_citation',
    url_citation: {
      ...source,
      start_index: start === undefined ? from : from + start,
      end_index: last === undefined ? end : from + last,
    },
  }))
}

function citationOf({ url, title, start, end }: CitationDelta): Citation {
  return { url, title: title ?? '', start, end }
}

/** Google's own convention, which its clients send back. */
function signatureOf(seal: Seal): Pick<ToolCallDelta, 'extra_content'> {
  return { extra_content: { google: { thought_signature: packSeal(seal, 'google') } } }
}
