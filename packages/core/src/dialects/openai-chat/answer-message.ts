import { isJsonObject, type JsonObject } from '../json.ts'
import { unpackSeal } from '../seal.ts'
import type { AnswerBlocks } from './answer-blocks.ts'
import { createAnswerCalls } from './answer-calls.ts'
import { audioDelta, imageDelta } from './answer-media.ts'

/** Takes pieces of the assistant's message, or all of it, into the blocks of the answer. */
export interface MessageReader {
  /** `choices[0].delta` or `choices[0].message`, with the log probabilities beside it. */
  push(piece: JsonObject, logprobs: unknown): void
  finish(): void
  readonly hasCalls: boolean
}

/** Members of a piece that need a closer look; most pieces have none of them. */
const others = ['thinking_blocks', 'refusal', 'annotations', 'audio', 'images', 'function_call'] as const

export function createMessageReader(blocks: AnswerBlocks, answerId: () => string): MessageReader {
  const calls = createAnswerCalls(blocks, answerId)
  /** Of tokens that are no text yet: several can make one character. */
  let heldLogprobs: JsonObject[] = []
  /** All blocks of thinking so far, as JSON. */
  let told: readonly string[] = []

  function takeText(text: string, logprobs: unknown, kind: 'text' | 'refusal'): void {
    const told = logprobsOf(logprobs, kind)
    if (text === '') {
      heldLogprobs.push(...told)
      return
    }
    if (heldLogprobs.length === 0 && told.length === 0) blocks.text(kind, text)
    else blocks.text(kind, text, [...heldLogprobs, ...told])
    heldLogprobs = []
  }

  /** A piece may have all those before it once more. */
  function newBlocks(pieces: readonly JsonObject[]): readonly JsonObject[] {
    if (pieces.length === 0) return pieces
    const list = pieces.map((block) => JSON.stringify(block))
    const repeats = told.every((block, at) => block === list[at])
    const known = repeats ? told.length : 0
    told = repeats ? list : [...told, ...list]
    return pieces.slice(known)
  }

  function takeThinkingBlock(block: JsonObject): void {
    const isRedacted = block.type === 'redacted_thinking'
    const sealed = isRedacted ? block.data : block.signature
    const seal = typeof sealed === 'string' && sealed !== '' ? unpackSeal(sealed, 'anthropic') : undefined
    if (seal === undefined) return
    if (isRedacted) blocks.redactedThinking(seal)
    else blocks.sealThinking(seal, typeof block.thinking === 'string' ? block.thinking : '')
  }

  /** Mistral and others write a list of parts, reasoning among them. */
  function takePart(part: unknown): void {
    if (!isJsonObject(part)) return
    if (part.type === 'thinking') {
      for (const text of textsOf(part.thinking)) blocks.think(text)
    } else if (part.type === 'image_url') blocks.whole(imageDelta(part))
    else for (const text of textsOf(part.text)) blocks.text('text', text)
  }

  function takeContent(content: unknown, logprobs: unknown): void {
    if (typeof content === 'string') takeText(content, logprobs, 'text')
    else if (Array.isArray(content)) for (const part of content) takePart(part)
  }

  function takeOthers(piece: JsonObject, logprobs: unknown): void {
    if (typeof piece.refusal === 'string') takeText(piece.refusal, logprobs, 'refusal')
    for (const annotation of listOf(piece.annotations)) takeAnnotation(annotation, blocks)
    if (isJsonObject(piece.audio)) for (const delta of audioDelta(piece.audio)) blocks.whole(delta)
    for (const image of listOf(piece.images)) blocks.whole(imageDelta(image))
    if (isJsonObject(piece.function_call)) calls.pushLegacy(piece.function_call)
  }

  return {
    push(piece, logprobs) {
      const blocksOfThinking = newBlocks(listOf(piece.thinking_blocks))
      const reasoning = reasoningOf(piece)
      // A whole message tells its reasoning twice, and only the blocks tell where each one ends.
      if (reasoning !== '' && !blocksOfThinking.some(isSealed)) blocks.think(reasoning)
      for (const block of blocksOfThinking) takeThinkingBlock(block)
      takeContent(piece.content, logprobs)
      if (others.some((name) => piece[name] !== undefined && piece[name] !== null))
        takeOthers(piece, logprobs)
      for (const call of listOf(piece.tool_calls)) calls.push(call)
    },
    finish() {
      if (heldLogprobs.length > 0) blocks.text('text', '', heldLogprobs)
      heldLogprobs = []
      blocks.finish()
    },
    get hasCalls() {
      return calls.any
    },
  }
}

/** Servers name it differently, and some say it under both names. */
function reasoningOf(piece: JsonObject): string {
  for (const name of ['reasoning_content', 'reasoning'] as const) {
    const text = piece[name]
    if (typeof text === 'string' && text !== '') return text
  }
  return listOf(piece.reasoning_details)
    .flatMap(({ text, summary }) => [text, summary])
    .filter((text) => typeof text === 'string')
    .join('')
}

/** The convention of clients that want to send signed thinking back. */
function isSealed({ signature, data }: JsonObject): boolean {
  return Boolean(signature ?? data)
}

function takeAnnotation({ url_citation: citation }: JsonObject, blocks: AnswerBlocks): void {
  if (!isJsonObject(citation) || typeof citation.url !== 'string') return
  const { url, title, content, start_index: start, end_index: end } = citation
  blocks.cite({
    url,
    ...(typeof title === 'string' && { title }),
    ...(typeof content === 'string' && { citedText: content }),
    ...(typeof start === 'number' && { start }),
    ...(typeof end === 'number' && { end }),
  })
}

function logprobsOf(logprobs: unknown, kind: 'text' | 'refusal'): readonly JsonObject[] {
  if (!isJsonObject(logprobs)) return []
  return listOf(logprobs[kind === 'text' ? 'content' : 'refusal'])
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return listOf(value).flatMap(({ text }) => (typeof text === 'string' && text !== '' ? [text] : []))
}

const noObjects: readonly JsonObject[] = []

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : noObjects
}
