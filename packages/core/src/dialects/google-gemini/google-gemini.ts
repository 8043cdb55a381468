import type { Dialect } from '../dialect.ts'
import { parseGeminiAnswer } from './parse-answer.ts'
import { parseGeminiRequest } from './parse-request.ts'
import { createGeminiStreamParser } from './parse-stream.ts'
import { renderGeminiAnswer } from './render-answer.ts'
import { renderGeminiRequest } from './render-request.ts'
import { createGeminiStreamRenderer } from './render-stream.ts'
import { createGeminiUsageReader } from './usage.ts'
import { geminiWire } from './wire.ts'

/** Gemini's `generateContent` and `streamGenerateContent`. Model and streaming are in the path, not in the body. */
export const googleGemini: Dialect = {
  id: 'google-gemini',
  family: 'google',
  upstreamPath: ({ model, stream }) =>
    `/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  namesInPath: true,
  wire: geminiWire,
  createUsageReader: createGeminiUsageReader,
  parseRequest: parseGeminiRequest,
  renderRequest: renderGeminiRequest,
  createStreamParser: createGeminiStreamParser,
  createStreamRenderer: createGeminiStreamRenderer,
  parseAnswer: parseGeminiAnswer,
  renderAnswer: renderGeminiAnswer,
}
