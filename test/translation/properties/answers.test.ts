import { describe, expect, test } from 'vitest'
import type { Delta } from '../../../packages/core/src/dialects/delta.ts'
import { dialects } from '../../../packages/core/src/dialects/dialects.ts'
import { isJsonObject } from '../../../packages/core/src/dialects/json.ts'
import { type Seal, unpackSeal } from '../../../packages/core/src/dialects/seal.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import { type CollectedBlock, collectDeltas } from '../collect-deltas.ts'
import { answerContext, parseStream, renderStream } from '../translation.ts'
import { drawAnswer } from './draw-answers.ts'
import { canonical } from './facts.ts'
import { holds } from './holds.ts'

const runs = 150
const all: readonly WireDialect[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'google-gemini']

function throughStream(dialect: WireDialect, deltas: readonly Delta[]): readonly Delta[] {
  return parseStream(dialect, [Buffer.from(renderStream(dialect, deltas))])
}

function throughJson(dialect: WireDialect, deltas: readonly Delta[]): readonly Delta[] {
  const body: unknown = JSON.parse(JSON.stringify(dialects[dialect].renderAnswer?.(deltas, answerContext)))
  if (!isJsonObject(body)) throw new Error('This is no answer.')
  return dialects[dialect].parseAnswer?.(body) ?? []
}

/** All that an answer says, whatever the pieces it comes in. */
function told(deltas: readonly Delta[]): unknown {
  const { start, blocks, finish, error } = collectDeltas(deltas)
  const end = finish === undefined ? undefined : { ...finish, serviceTier: undefined }
  return { id: start?.id, model: start?.model, blocks: blocks.map(blockOf), end, error }
}

/** Chat Completions have members for what is thought, said and called, and no order among them. */
function withoutOrder(deltas: readonly Delta[]): unknown {
  const { start, blocks, finish, error } = collectDeltas(deltas)
  const join = (kind: string) =>
    blocks
      .filter(({ type }) => type === kind)
      .map(({ text }) => text)
      .join('')
  const calls = blocks.filter(({ type }) => type === 'tool').map(blockOf)
  const ends = { id: start?.id, model: start?.model, finish, error }
  return { ...ends, thinking: join('thinking'), text: join('text'), refusal: join('refusal'), calls }
}

function blockOf({ type, start, text, deltas }: CollectedBlock): unknown {
  const { index: _index, ...head } = start as Delta & { readonly index: number }
  const isJson = start.type === 'tool-start' && !start.custom
  const seals = deltas.flatMap((delta) => (delta.type === 'seal' ? [unpacked(delta.seal)] : []))
  return { ...head, kind: type, text: isJson ? canonical(JSON.parse(text || '{}')) : text, seals }
}

/** Where a dialect's own ids are taken by something else, its seals are packed with theirs. */
function unpacked(seal: Seal): Seal {
  const isPacked = seal.value.startsWith('tollgate-')
  return (isPacked ? unpackSeal(seal.value, seal.origin) : undefined) ?? seal
}

describe.each(all)('an answer of %s', (dialect) => {
  test('is the same when its stream is read again', () => {
    holds(drawAnswer(dialect), runs, (deltas) => {
      expect(told(throughStream(dialect, deltas))).toEqual(told(deltas))
    })
  })

  test('is the same when it is read again whole', () => {
    holds(drawAnswer(dialect), runs, (deltas) => {
      expect(told(throughJson(dialect, deltas))).toEqual(told(deltas))
    })
  })

  test.each(all.filter((client) => client !== dialect))(
    'says to clients of %s the same in a stream and whole',
    (client) => {
      holds(drawAnswer(dialect), runs, (deltas) => {
        const tell = client === 'openai-chat' ? withoutOrder : told
        expect(tell(throughStream(client, deltas))).toEqual(tell(throughJson(client, deltas)))
      })
    },
  )
})
