import { tokens, word } from './answer-facts.ts'
import type { RecordedStream } from './recorded-stream.ts'

/** Counts come on every chunk, as far as it is. */
function frame(text: string, output: number, more: object = {}): Buffer {
  const content = { parts: [{ text }], role: 'model' }
  const data = {
    candidates: [{ content, ...more, index: 0 }],
    usageMetadata: {
      promptTokenCount: tokens.input,
      candidatesTokenCount: output,
      totalTokenCount: tokens.input + output,
      cachedContentTokenCount: tokens.cached,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens.input }],
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: tokens.cached }],
    },
    modelVersion: 'gemini-2.5-flash-lite',
    responseId: 'x8V4aYiWEJnYodAPkujX0QM',
  }
  return Buffer.from(`data: ${JSON.stringify(data)}\r\n\r\n`)
}

const texts: Buffer[] = []
const last = frame('', tokens.output, { finishReason: 'STOP' })

/** Google's Gemini: no opening, and the chunk with the reason is the last. */
export const geminiStream: RecordedStream = {
  opening: Buffer.alloc(0),
  text(at) {
    texts[at] ??= frame(word, Math.min(at + 1, tokens.output))
    return texts[at]
  },
  closing: () => last,
}
