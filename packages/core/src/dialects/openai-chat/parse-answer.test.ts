import { expect, test } from 'vitest'
import { collectDeltas, outline } from '../../../../../test/translation/collect-deltas.ts'
import type { JsonObject } from '../json.ts'
import { parseChatAnswer } from './parse-answer.ts'

const answer = (message: JsonObject, more: JsonObject = {}) => ({
  id: 'c-1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...more }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
})

const parse = (body: JsonObject) => collectDeltas(parseChatAnswer(body) ?? [])

test('a whole answer is what its stream would have been', () => {
  const parsed = parse(
    answer(
      {
        reasoning_content: 'hm',
        content: 'Hi',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
          { id: 'c', type: 'custom', custom: { name: 'p', input: 'text' } },
        ],
      },
      { finish_reason: 'tool_calls' },
    ),
  )
  expect(parsed.start).toMatchObject({ id: 'c-1', model: 'm' })
  expect(outline(parsed)).toEqual(['thinking hm', 'text Hi', 'tool f {"a":1}', 'tool g {}', 'tool p text'])
  expect(parsed.finish).toMatchObject({ reason: 'tool-calls', usage: { inputUncached: 3, output: 4 } })
})

test('reasoning that is told twice is shown once, with its signatures', () => {
  const { blocks } = parse(
    answer({
      reasoning_content: 'ab',
      thinking_blocks: [
        { type: 'thinking', thinking: 'a', signature: 'S' },
        { type: 'thinking', thinking: 'b', signature: 'T' },
        { type: 'redacted_thinking', data: 'D' },
      ],
      content: 'Hi',
    }),
  )
  expect(blocks.map(({ type, text }) => `${type} ${text}`)).toEqual([
    'thinking a',
    'thinking b',
    'thinking ',
    'text Hi',
  ])
  expect(blocks[2]?.start).toMatchObject({ redacted: true })
})

test('T36 empty content, no content and no choices', () => {
  for (const content of ['', null, undefined]) expect(parse(answer({ content })).blocks).toEqual([])
  expect(parse({ choices: [] })).toMatchObject({ blocks: [], finish: { reason: 'stop' } })
})

test('sound is told what it is', () => {
  const { media } = parse(answer({ content: null, audio: { id: 'a', data: 'UklGRg==', transcript: 'Hi' } }))
  expect(media).toEqual([
    { type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'UklGRg==', transcript: 'Hi' },
  ])
})

test('an error and other bodies are no answers', () => {
  expect(parse({ choices: [], error: { message: 'Busy' } }).error?.message).toBe('Busy')
  expect(parseChatAnswer({ object: 'list', data: [] })).toBeUndefined()
})
