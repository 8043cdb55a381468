import { describe, expect, it } from 'vitest'
import { recordedFiles, recordedLines, recording } from './wire.ts'

describe('recorded streams', () => {
  it('finds all forty and knows the dialect of each', () => {
    const dialects = Object.groupBy(recordedFiles().map(recording), ({ dialect }) => dialect)
    const counts = Object.entries(dialects).map(([dialect, list]) => [dialect, list?.length])
    expect(Object.fromEntries(counts)).toEqual({
      'anthropic-messages': 19,
      'openai-responses': 10,
      'openai-chat': 9,
      'google-gemini': 2,
    })
  })

  it('wraps the recorded JSON byte for byte', () => {
    for (const file of recordedFiles().filter((name) => name.endsWith('.txt'))) {
      const data = recording(file).events.map((event) => /^data: (.*)$/m.exec(event)?.[1])
      expect(data.filter((line) => line !== '[DONE]')).toEqual(recordedLines(file))
    }
  })

  it('frames each dialect as its provider does', () => {
    const chat = recording('openai/openai-text.chunks.txt').events
    expect(chat).toHaveLength(304)
    expect(chat.at(-1)).toBe('data: [DONE]\n\n')
    const messages = recording('anthropic/anthropic-text.chunks.txt').events
    expect(messages.at(-1)).toBe('event: message_stop\ndata: {"type":"message_stop"}\n\n')
    const malformed = recording('openai/parallel-tool-call-wrapper.1.chunks.txt').events
    expect(malformed[0]).toMatch(/^event: response\.created\n/)
    const raw = recording('openai-compatible/anthropic-fallback-tool-call.sse').events
    expect(raw).toHaveLength(9)
  })
})
