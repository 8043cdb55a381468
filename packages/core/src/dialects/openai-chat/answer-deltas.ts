import type { Delta, DeltaUsage, FinishReason } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { packSeal, type Seal } from '../seal.ts'

/** A piece of the assistant's message, as `choices[0].delta` has it. */
export interface ChatDelta {
  readonly role?: 'assistant'
  readonly content?: string
  readonly refusal?: string
  readonly reasoning_content?: string
  readonly thinking_blocks?: readonly JsonObject[]
  readonly annotations?: readonly JsonObject[]
  readonly tool_calls?: readonly ToolCallDelta[]
}

export interface ToolCallDelta {
  readonly index: number
  readonly id?: string
  readonly type?: 'function'
  readonly function: { readonly name?: string; readonly arguments: string }
}

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool'
  /** Of text, where it begins in the joined text; of a tool call, its place among the calls. */
  readonly from: number
  readonly isRedacted?: boolean
  readonly isRefusal?: boolean
  text: string
  seal?: Seal
  readonly citations: JsonObject[]
}

/** Turns the blocks of the hub into pieces of one message. One instance an answer. */
export function createChatDeltas(): (delta: Delta) => ChatDelta | undefined {
  const blocks = new Map<number, OpenBlock>()
  let textLength = 0
  let calls = 0

  function open(index: number, block: Omit<OpenBlock, 'text' | 'citations' | 'seal'>): undefined {
    blocks.set(index, { ...block, text: '', citations: [] })
  }

  function stop(index: number): ChatDelta | undefined {
    const block = blocks.get(index)
    blocks.delete(index)
    if (block?.kind === 'thinking') return closeThinking(block)
    return block?.kind === 'text' ? closeText(block, textLength) : undefined
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
    open(delta.index, { kind: 'tool', from: calls })
    const call = {
      index: calls,
      id: delta.id,
      type: 'function',
      function: { name: delta.name, arguments: '' },
    } as const
    calls += 1
    return { tool_calls: [call] }
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
        return {
          tool_calls: [{ index: blocks.get(delta.index)?.from ?? 0, function: { arguments: delta.json } }],
        }
      case 'citation':
        blocks.get(delta.index)?.citations.push({ url: delta.url, title: delta.title ?? '' })
        return undefined
      case 'block-stop':
        return stop(delta.index)
      case 'finish':
        return delta.refusal !== undefined && textLength === 0 ? { refusal: delta.refusal } : undefined
      default:
        return undefined
    }
  }
}

/** The block with its signature, for clients that send it back. Without one there is nothing to send back. */
function closeThinking({ text, seal, isRedacted }: OpenBlock): ChatDelta | undefined {
  if (seal === undefined) return undefined
  const signature = packSeal(seal, 'anthropic')
  if (isRedacted) return { thinking_blocks: [{ type: 'redacted_thinking', data: signature }] }
  return { thinking_blocks: [{ type: 'thinking', thinking: text, signature }] }
}

function closeText({ from, citations }: OpenBlock, end: number): ChatDelta | undefined {
  if (citations.length === 0) return undefined
  const cited = citations.map((citation) => ({ ...citation, start_index: from, end_index: end }))
  return { annotations: cited.map((citation) => ({ type: 'url_citation', url_citation: citation })) }
}

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
}

export function renderFinishReason(reason: FinishReason): string {
  return finishReasons[reason]
}

/** The dialect's usage object: its prompt includes what came from the cache and what went there. */
export function renderChatUsage(usage: DeltaUsage): JsonObject {
  const prompt = usage.inputUncached + usage.cacheRead + usage.cacheWrite
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
  }
}
