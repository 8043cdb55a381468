import type { Delta, FinishDelta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { viewUsage } from '../usage-view.ts'
import { createBlockWriter } from './block-writer.ts'
import { explainFinish, parseFinishReason } from './finish-reasons.ts'
import { parseCitations } from './grounding.ts'
import { parseLogprobs } from './logprobs.ts'
import { parseGeminiError } from './parse-error.ts'
import { createPartParser } from './parse-parts.ts'
import { createGeminiUsageReader } from './usage.ts'

/** Chunks of one answer in, hub deltas out. A whole answer is one chunk. */
export interface AnswerParser {
  push(chunk: JsonObject): readonly Delta[]
  /** A chunk that only goes on with the text of the last one, but for its counts. */
  more(text: string): readonly Delta[]
  /** Reads the counts of such a chunk. */
  count(chunk: JsonObject): void
  /** The finish of an answer that said why it finished and never what it used. */
  end(): readonly Delta[]
}

/**
 * The finish comes with the reason for it and not before, so that a stream which breaks off never looks finished.
 * Of several candidates the first is the answer.
 */
export function createAnswerParser(): AnswerParser {
  const usage = createGeminiUsageReader({})
  let deltas: Delta[] = []
  const emit = (delta: Delta) => void deltas.push(delta)
  let id = ''
  let started = false
  let ended = false
  let sources: JsonObject = {}
  let outcome: Omit<FinishDelta, 'usage' | 'serviceTier'> | undefined
  const writer = createBlockWriter(emit, citationsOf)
  const parts = createPartParser(writer, emit, () => id)

  /** They come with or after the text that they are about, and once. */
  function citationsOf(text: string, index: number): readonly Delta[] {
    const citations = parseCitations(sources, text, index)
    sources = {}
    return citations
  }

  function start({ responseId, modelVersion }: JsonObject): void {
    started = true
    id = String(responseId ?? '')
    const view = viewUsage(usage.result())
    const known = view === undefined ? {} : { usage: view }
    emit({ type: 'start', id, model: String(modelVersion ?? ''), ...known })
  }

  function takeCandidate(candidate: JsonObject): void {
    const { content, finishReason, finishMessage, logprobsResult } = candidate
    if (candidate.groundingMetadata !== undefined || candidate.citationMetadata !== undefined)
      sources = { ...sources, ...candidate }
    takeParts(isJsonObject(content) ? content.parts : undefined, logprobsResult)
    if (typeof finishReason !== 'string') return
    const refusal = explainFinish(finishReason, finishMessage)
    outcome = {
      type: 'finish',
      reason: parseFinishReason(finishReason, parts.called()),
      ...(refusal === undefined ? {} : { refusal }),
    }
  }

  /** What is known of tokens belongs to the text of this chunk, all of it. */
  function takeParts(list: unknown, logprobsResult: unknown): void {
    if (!Array.isArray(list)) return
    const logprobs = logprobsResult === undefined ? undefined : parseLogprobs(logprobsResult)
    const last = logprobs === undefined ? -1 : list.findLastIndex(isAnswerText)
    for (let at = 0; at < list.length; at += 1)
      if (isJsonObject(list[at])) parts.push(list[at], at === last ? logprobs : undefined)
  }

  /** A prompt that was blocked has no candidates. */
  function takeBlock(feedback: unknown): void {
    if (!isJsonObject(feedback) || typeof feedback.blockReason !== 'string') return
    const { blockReason: reason, blockReasonMessage: message } = feedback
    const refusal = typeof message === 'string' ? message : `The prompt was blocked: ${reason}.`
    outcome = { type: 'finish', reason: 'content-filter', refusal }
  }

  function finish(): void {
    const result = usage.result()
    const view = viewUsage(result)
    writer.close()
    ended = true
    if (outcome !== undefined)
      emit({
        ...outcome,
        ...(view === undefined ? {} : { usage: view }),
        ...(result?.tier === undefined ? {} : { serviceTier: result.tier }),
      })
  }

  function drain(): readonly Delta[] {
    const ready = deltas
    deltas = []
    return ready
  }

  return {
    push(chunk) {
      if (ended) return []
      if (isJsonObject(chunk.error)) {
        ended = true
        return [parseGeminiError(chunk.error)]
      }
      usage.read(chunk)
      if (!started) start(chunk)
      const candidate = firstCandidate(chunk.candidates)
      if (candidate === undefined) takeBlock(chunk.promptFeedback)
      else if (outcome === undefined) takeCandidate(candidate)
      if (outcome !== undefined && usage.result() !== undefined) finish()
      return drain()
    },
    more(text) {
      if (ended || outcome !== undefined) return []
      writer.write({ kind: 'text', text })
      return drain()
    },
    count: usage.read,
    end() {
      if (!ended && outcome !== undefined) finish()
      return drain()
    },
  }
}

function firstCandidate(candidates: unknown): JsonObject | undefined {
  if (!Array.isArray(candidates)) return undefined
  return candidates.find((candidate) => isJsonObject(candidate) && (candidate.index ?? 0) === 0)
}

function isAnswerText(part: unknown): boolean {
  return isJsonObject(part) && typeof part.text === 'string' && part.text !== '' && part.thought !== true
}
