import { describe, expect, test } from 'vitest'
import { recordedLines } from '../../../../test/upstream/wire.ts'
import type { Buckets, Usage, UsageReader } from '../billing/usage.ts'
import { createMessagesUsageReader } from './anthropic-messages/usage.ts'
import { createGeminiUsageReader } from './google-gemini/usage.ts'
import { createChatUsageReader } from './openai-chat/usage.ts'
import { createResponsesUsageReader } from './openai-responses/usage.ts'

type Event = Readonly<Record<string, unknown>>
type Expected = Partial<Usage> & { readonly buckets: Buckets }

function recordedEvents(file: string): readonly Event[] {
  return recordedLines(file)
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'))
    .map(parseEvent)
}

/** Two lines of one recording lack their last brace. */
function parseEvent(line: string): Event {
  try {
    return JSON.parse(line)
  } catch {
    return JSON.parse(`${line}}`)
  }
}

/** Reads a stream whole, and as the relay shows it: its first event and those that hold a usage object. */
function readBoth(create: () => UsageReader, events: readonly Event[]): readonly (Usage | undefined)[] {
  const shown = events.filter(
    (event, index) => index === 0 || /"usage(Metadata)?":\{/.test(JSON.stringify(event)),
  )
  return [events, shown].map((list) => {
    const reader = create()
    for (const event of list) reader.read(event)
    return reader.result()
  })
}

function expectUsage(found: readonly (Usage | undefined)[], expected: Expected): void {
  for (const usage of found) expect(usage).toMatchObject({ source: 'provider', ...expected })
  for (const usage of found) expect(usage?.buckets).toEqual(expected.buckets)
  for (const usage of found) expect(usage?.anomalies).toBeUndefined()
}

/** Some files hold several answers, one after another. */
function splitAt(events: readonly Event[], type: string): readonly (readonly Event[])[] {
  const parts: Event[][] = []
  for (const event of events) {
    if (event.type === type || parts.length === 0) parts.push([])
    parts.at(-1)?.push(event)
  }
  return parts
}

const xai = { reasoningOutsideCompletion: true }

describe('P6 P8 P10 usage of recorded Chat Completions', () => {
  const rows: readonly [string, Expected][] = [
    [
      'openai/openai-text',
      { buckets: { text_in: 16, text_out: 300 }, tier: 'default', servedModel: 'gpt-4.1-nano-2025-04-14' },
    ],
    [
      'openai/azure-model-router.1',
      { buckets: { text_in: 15, text_out: 78 }, reasoningTokens: 64, servedModel: 'gpt-5-nano-2025-08-07' },
    ],
    ['deepseek/deepseek-reasoning', { buckets: { text_in: 18, text_out: 219 }, reasoningTokens: 205 }],
    [
      'deepseek/deepseek-tool-call',
      { buckets: { text_in: 19, cache_read: 320, text_out: 83 }, reasoningTokens: 39 },
    ],
    [
      'groq/groq-tool-call',
      { buckets: { text_in: 210, text_out: 15 }, servedModel: 'llama-3.3-70b-versatile' },
    ],
    ['mistral/mistral-incremental-tool-call', { buckets: { text_in: 43, cache_read: 128, text_out: 14 } }],
    ['alibaba/alibaba-tool-call', { buckets: { text_in: 295, text_out: 22 } }],
  ]
  test.each(rows)('%s', (file, expected) => {
    expectUsage(
      readBoth(() => createChatUsageReader({}), recordedEvents(`${file}.chunks.txt`)),
      expected,
    )
  })

  test.each([xai, {}])(
    'T22 openai-compatible/xai-tool-call: reasoning outside completion, quirks %j',
    (quirks) => {
      const events = recordedEvents('openai-compatible/xai-tool-call.chunks.txt')
      expectUsage(
        readBoth(() => createChatUsageReader(quirks), events),
        { buckets: { text_in: 1, cache_read: 306, text_out: 253 }, reasoningTokens: 227 },
      )
    },
  )

  test('openai-compatible/anthropic-fallback-tool-call reports nothing', () => {
    const events = recordedEvents('openai-compatible/anthropic-fallback-tool-call.sse')
    expect(events).toHaveLength(8)
    expect(readBoth(() => createChatUsageReader({}), events)).toEqual([undefined, undefined])
  })
})

describe('P7 P8 P10 usage of recorded Messages', () => {
  const rows: readonly [string, Expected][] = [
    ['anthropic-text', { buckets: { text_in: 12, text_out: 30 }, tier: 'standard', geo: 'not_available' }],
    ['anthropic-tool-no-args', { buckets: { text_in: 565, text_out: 48 } }],
    ['anthropic-json-tool.1', { buckets: { text_in: 849, text_out: 47 } }],
    ['anthropic-json-tool.2', { buckets: { text_in: 849, text_out: 47 } }],
    ['anthropic-json-other-tool.1', { buckets: { text_in: 843, text_out: 28 } }],
    ['anthropic-json-output-format.1', { buckets: { text_in: 313, text_out: 305 } }],
    ['anthropic-web-search-tool.1', { buckets: { text_in: 15665, text_out: 795, web_search: 1 } }],
    ['anthropic-web-fetch-tool.1', { buckets: { text_in: 4230, text_out: 446 } }],
    ['anthropic-mcp.1', { buckets: { text_in: 1250, text_out: 83 } }],
    ['anthropic-code-execution-20250825.1', { buckets: { text_in: 8050, text_out: 771 } }],
    [
      'anthropic-compaction.1',
      { buckets: { text_in: 60997, text_out: 3341 }, servedModel: 'claude-opus-4-6', geo: 'global' },
    ],
    ['anthropic-clear-thinking.1', { buckets: { text_in: 69, text_out: 53 } }],
    ['anthropic-fallback', { buckets: { text_in: 412, text_out: 264 }, servedModel: 'claude-opus-4-8' }],
    ['anthropic-refusal', { buckets: { text_in: 18, text_out: 5 }, servedModel: 'claude-fable-5' }],
    ['anthropic-advisor-stop-reasons', { buckets: { text_in: 10, text_out: 20 } }],
    ['anthropic-message-delta-input-tokens', { buckets: { text_in: 61, text_out: 2 } }],
    ['duplicate-message-start', { buckets: { text_in: 17, text_out: 227 } }],
    ['spliced-message-start', { buckets: { text_in: 17, text_out: 65 } }],
  ]
  test.each(rows)('T18 T19 T34 %s', (file, expected) => {
    const found = readBoth(
      () => createMessagesUsageReader({}),
      recordedEvents(`anthropic/${file}.chunks.txt`),
    )
    expectUsage(found, expected)
    for (const usage of found) expect(usage).not.toHaveProperty('partial')
  })

  test('anthropic-programmatic-tool-calling.1: fifteen answers, thirteen of them of explicit zeros', () => {
    const file = 'anthropic/anthropic-programmatic-tool-calling.1.chunks.txt'
    const parts = splitAt(recordedEvents(file), 'message_start')
    expect(parts).toHaveLength(15)
    for (const [index, part] of parts.entries()) {
      const ends: Record<number, Buckets> = {
        0: { text_in: 3369, text_out: 725 },
        14: { text_in: 4551, text_out: 197 },
      }
      const found = readBoth(() => createMessagesUsageReader({}), part)
      expectUsage(found, { buckets: ends[index] ?? {} })
      for (const usage of found) expect(usage).not.toHaveProperty('partial')
    }
  })
})

describe('P8 usage of recorded Gemini answers: thoughts are output beside the candidates', () => {
  const rows: readonly [string, Expected][] = [
    [
      'google-tool-call-gemini3',
      {
        buckets: { text_in: 29, text_out: 819 },
        reasoningTokens: 804,
        servedModel: 'gemini-3-pro-preview',
      },
    ],
    [
      'google-stream-no-args-tool-call',
      {
        buckets: { text_in: 249, text_out: 241 },
        reasoningTokens: 183,
        servedModel: 'gemini-3-flash-preview',
      },
    ],
  ]
  test.each(rows)('%s', (file, expected) => {
    const events = recordedEvents(`google/${file}.chunks.txt`)
    const found = readBoth(() => createGeminiUsageReader({}), events)
    expectUsage(found, expected)
    for (const usage of found) expect(usage).not.toHaveProperty('partial')
    const reader = createGeminiUsageReader({})
    for (const event of events.slice(0, -1)) reader.read(event)
    expect(reader.result()?.partial ?? true).toBe(true)
  })
})

describe('P8 P10 usage of recorded Responses', () => {
  const rows: readonly [string, Expected][] = [
    [
      'openai/openai-phase.1',
      { buckets: { text_in: 4040, cache_read: 3072, text_out: 463 }, reasoningTokens: 64, tier: 'default' },
    ],
    ['openai/openai-custom-tool.1', { buckets: { text_in: 50, text_out: 20 } }],
    ['openai/openai-apply-patch-tool.1', { buckets: { text_in: 642, text_out: 67 }, tier: 'default' }],
    [
      'openai/openai-web-search-tool.1',
      { buckets: { text_in: 27361, cache_read: 3712, text_out: 4416, web_search: 2 }, reasoningTokens: 3712 },
    ],
    ['openai/openai-compaction.1', { buckets: { text_in: 1305, cache_read: 49792, text_out: 2505 } }],
    ['openai/parallel-tool-call-wrapper.1', { buckets: { text_in: 34, text_out: 28 } }],
    ['openai/github-copilot-id-rotation.1', { buckets: { text_in: 19, text_out: 105 }, reasoningTokens: 44 }],
    [
      'open-responses/lmstudio-tool-call.1',
      { buckets: { text_in: 180, cache_read: 2, text_out: 61 }, reasoningTokens: 48 },
    ],
  ]
  test.each(rows)('%s', (file, expected) => {
    expectUsage(
      readBoth(() => createResponsesUsageReader({}), recordedEvents(`${file}.chunks.txt`)),
      expected,
    )
  })

  test('openai-reasoning-encrypted-content.1: four answers', () => {
    const file = 'openai/openai-reasoning-encrypted-content.1.chunks.txt'
    const parts = splitAt(recordedEvents(file), 'response.created')
    const found = parts.map((part) => readBoth(() => createResponsesUsageReader({}), part))
    const totals = [
      { text_in: 134, text_out: 28 },
      { text_in: 221, text_out: 26 },
      { text_in: 260, text_out: 26 },
      { text_in: 299, text_out: 12 },
    ]
    for (const [index, buckets] of totals.entries()) expectUsage(found[index] ?? [], { buckets })
    expect(found).toHaveLength(4)
  })

  test('P5 openai-error.1 failed without usage: there is nothing to charge', () => {
    const events = recordedEvents('openai/openai-error.1.chunks.txt')
    expect(readBoth(() => createResponsesUsageReader({}), events)).toEqual([undefined, undefined])
  })
})
