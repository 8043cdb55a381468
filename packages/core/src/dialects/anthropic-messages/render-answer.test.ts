import { describe, expect, test } from 'vitest'
import { readEvents, readMessage } from '../../../../../test/translation/messages-client.ts'
import { answerContext, parseStream, renderStream } from '../../../../../test/translation/translation.ts'
import { recordedFiles, recording } from '../../../../../test/upstream/wire.ts'
import type { Delta, FinishDelta } from '../delta.ts'
import { parseMessagesAnswer } from './parse-answer.ts'
import { renderMessagesAnswer } from './render-answer.ts'

const files = recordedFiles().filter((file) => file.startsWith('anthropic/') && !file.includes('spliced'))

function deltasOf(file: string): readonly Delta[] {
  return parseStream(
    'anthropic-messages',
    recording(file).events.map((event) => Buffer.from(event)),
  )
}

/** What a stream says at its beginning or its end, and a message in one place. */
function content(deltas: readonly Delta[]): readonly Delta[] {
  return deltas.filter(({ type }) => type !== 'start' && type !== 'finish')
}

function finishOf(deltas: readonly Delta[], more: Partial<FinishDelta> = {}): Delta {
  const finish = deltas.find((delta) => delta.type === 'finish')
  if (finish === undefined) throw new Error('There is no finish.')
  return { ...finish, ...more }
}

/** The text of each block in one piece, with its citations behind it. */
function joined(deltas: readonly Delta[]): readonly Delta[] {
  const cited = deltas.filter(({ type }) => type === 'citation')
  return content(deltas).flatMap((delta, place, list): readonly Delta[] => {
    if (delta.type === 'citation') return []
    if (delta.type === 'block-stop') return [...cited.filter((item) => isOf(item, delta.index)), delta]
    if (delta.type !== 'text' && delta.type !== 'thinking' && delta.type !== 'tool-arguments') return [delta]
    const pieces = list.filter((item) => item.type === delta.type && item.index === delta.index)
    if (list.indexOf(pieces[0] ?? delta) !== place) return []
    const whole = pieces
      .map((item) => ('text' in item ? item.text : 'json' in item ? item.json : ''))
      .join('')
    return [delta.type === 'tool-arguments' ? { ...delta, json: sameJson(whole) } : { ...delta, text: whole }]
  })
}

function isOf(delta: Delta, index: number): boolean {
  return 'index' in delta && delta.index === index
}

function sameJson(json: string): string {
  return JSON.stringify(JSON.parse(json))
}

describe.each(files)('%s', (file) => {
  const deltas = deltasOf(file)
  const wire = renderStream('anthropic-messages', deltas)

  test('rendered as a stream reads the same again', () => {
    const again = parseStream('anthropic-messages', [Buffer.from(wire)])
    expect(content(again)).toEqual(content(deltas))
    // A stream names its tier before it is known here.
    const { serviceTier, ...finish } = finishOf(deltas) as FinishDelta
    expect(finishOf(again)).toEqual(finish)
    expect(again[0]).toEqual(deltas[0])
  })

  test('rendered as a message reads the same again', () => {
    const again = parseMessagesAnswer({ ...renderMessagesAnswer(deltas, answerContext) }) ?? []
    expect(joined(again)).toEqual(joined(deltas))
    expect(finishOf(again)).toEqual(finishOf(deltas))
  })

  test('is read by the official client, whose message is the JSON answer', async () => {
    expect((await readEvents(wire)).at(-1)).toEqual({ type: 'message_stop' })
    const { usage, ...message } = await readMessage(wire)
    const answer = renderMessagesAnswer(deltas, answerContext)
    expect(answer).toMatchObject(message)
    expect(answer).toMatchObject({ usage: { output_tokens: usage.output_tokens } })
  })
})

test('arguments that are no JSON object are kept in a member', () => {
  const deltas: Delta[] = [
    { type: 'start', id: '', model: '' },
    { type: 'tool-start', index: 0, id: 'call_1', name: 'f' },
    { type: 'tool-arguments', index: 0, json: '{"a":' },
    { type: 'block-stop', index: 0 },
    { type: 'finish', reason: 'tool-calls', serviceTier: 'default' },
  ]
  expect(renderMessagesAnswer(deltas, answerContext)).toMatchObject({
    content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: { rawInvalidInput: '{"a":' } }],
    usage: { input_tokens: 0, output_tokens: 0, service_tier: 'standard' },
  })
})

test('T17 what is cached for an hour is told apart', () => {
  const usage = { inputUncached: 10, cacheRead: 1000, cacheWrite: 100, cacheWriteLong: 40, output: 50 }
  const deltas: Delta[] = [
    { type: 'start', id: 'msg_1', model: 'm' },
    { type: 'finish', reason: 'stop', usage },
  ]
  const answer = renderMessagesAnswer(deltas, answerContext)
  expect(answer.usage).toMatchObject({
    cache_creation_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
  })
  expect(parseMessagesAnswer(answer)?.at(-1)).toMatchObject({ usage })
})
