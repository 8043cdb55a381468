import { word } from './answer-facts.ts'
import { chatUsage, shared } from './json-answer.ts'
import type { RecordedStream } from './recorded-stream.ts'

function frame(rest: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', ...rest })}\n\n`)
}

/** One frame of text; every chunk of a stream is one of these, so that sizes can be told by hand. */
export const textFrame = frame({
  choices: [{ index: 0, delta: { content: word }, logprobs: null, finish_reason: null }],
})

const stopFrame = frame({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] })
const usageFrame = frame({ choices: [], usage: chatUsage })
const done = Buffer.from('data: [DONE]\n\n')

/** OpenAI's Chat Completions; usage comes if the request asked for it. */
export const chatStream: RecordedStream = {
  opening: Buffer.alloc(0),
  text: () => textFrame,
  closing: (_words, withUsage) =>
    Buffer.concat(withUsage ? [stopFrame, usageFrame, done] : [stopFrame, done]),
}
