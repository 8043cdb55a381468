import fc from 'fast-check'
import type { Delta, FinishReason } from '../../../packages/core/src/dialects/delta.ts'
import type { SealOrigin } from '../../../packages/core/src/dialects/seal.ts'
import type { WireDialect } from '../../upstream/wire.ts'

/** What answers of a dialect's providers can hold. */
interface AnswerWords {
  /** What the ids of answers begin with. */
  readonly prefix: string
  readonly home: SealOrigin
  /** Reasoning, what is said and calls come in this order, once each but for the calls. */
  readonly isOrdered: boolean
  readonly sealed: boolean
  readonly redacted: boolean
  readonly refusals: boolean
  readonly freeText: boolean
  readonly callSeals: boolean
}

const answerWords: Readonly<Record<WireDialect, AnswerWords>> = {
  'openai-chat': {
    prefix: 'chatcmpl-',
    home: 'anthropic',
    isOrdered: true,
    sealed: false,
    redacted: false,
    refusals: true,
    freeText: true,
    callSeals: true,
  },
  'openai-responses': {
    prefix: 'resp_',
    home: 'openai',
    isOrdered: false,
    sealed: true,
    redacted: false,
    refusals: true,
    freeText: true,
    callSeals: false,
  },
  'anthropic-messages': {
    prefix: 'msg_',
    home: 'anthropic',
    isOrdered: false,
    sealed: true,
    redacted: true,
    refusals: false,
    freeText: false,
    callSeals: false,
  },
  'google-gemini': {
    prefix: '',
    home: 'google',
    isOrdered: false,
    sealed: true,
    redacted: false,
    refusals: false,
    freeText: false,
    callSeals: true,
  },
}

type Bare = Delta extends infer Kind ? (Kind extends { index: number } ? Omit<Kind, 'index'> : never) : never
interface Block {
  readonly kind: 'thinking' | 'text' | 'refusal' | 'call'
  readonly deltas: readonly Bare[]
}

const pieces = [
  'Hello',
  ' ',
  '\n\n',
  'é💡',
  '\u2028',
  '"\\',
  '{"a":1}',
  '</x>',
  '\r\n',
  '\u0000',
  'data: x\n\n',
]
const argumentPieces = [
  ['{}'],
  ['{"a"', ':1}'],
  ['{ "x": ["é', '💡", {"y": null}] }'],
  ['{"input":"\\n', '\\"q\\""}'],
]
const drawTexts = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 })

/** Answers as a provider of a dialect gives them. */
export function drawAnswer(dialect: WireDialect): fc.Arbitrary<readonly Delta[]> {
  const words = answerWords[dialect]
  // A provider seals all of its reasoning or none.
  const drawBlocks = fc
    .boolean()
    .chain((isSealed) =>
      fc.array(drawBlock({ ...words, sealed: isSealed && words.sealed }), { maxLength: 5 }),
    )
  return fc
    .record({
      blocks: drawBlocks,
      isCut: fc.boolean(),
      counts: fc.tuple(fc.nat(5000), fc.nat(5000), fc.nat(300), fc.nat(9000)),
    })
    .map(({ blocks, isCut, counts: [inputUncached, cacheRead, reasoning, more] }) => {
      const kept = words.isOrdered ? ordered(blocks) : apart(blocks)
      const called = kept.some(({ kind }) => kind === 'call')
      const reason: FinishReason = isCut ? 'length' : called ? 'tool-calls' : 'stop'
      const usage = { inputUncached, cacheRead, cacheWrite: 0, output: reasoning + more, reasoning }
      return [
        { type: 'start', id: `${words.prefix}1`, model: 'model-9' },
        ...kept.flatMap(({ deltas }, index) => numbered(deltas, index)),
        { type: 'finish', reason, usage },
      ]
    })
}

function numbered(deltas: readonly Bare[], index: number): readonly Delta[] {
  return deltas.map((delta) =>
    delta.type === 'tool-start'
      ? { ...delta, id: `${delta.id}${index}`, index }
      : ({ ...delta, index } as Delta),
  )
}

/** Neighbours of one kind are one block where a dialect has no frames around them. */
function apart(blocks: readonly Block[]): readonly Block[] {
  return blocks.filter(({ kind }, at) => kind === 'call' || kind !== blocks[at - 1]?.kind)
}

function ordered(blocks: readonly Block[]): readonly Block[] {
  const first = (kind: Block['kind']) => blocks.filter((block) => block.kind === kind).slice(0, 1)
  const said = first('text').length > 0 ? first('text') : first('refusal')
  return [...first('thinking'), ...said, ...blocks.filter(({ kind }) => kind === 'call')]
}

function drawBlock(words: AnswerWords): fc.Arbitrary<Block> {
  return fc.oneof(
    drawSaid(false),
    drawThinking(words),
    drawCall(words),
    ...(words.refusals ? [drawSaid(true)] : []),
  )
}

function drawSaid(refuses: boolean): fc.Arbitrary<Block> {
  return drawTexts.map((texts) => ({
    kind: refuses ? 'refusal' : 'text',
    deltas: [
      { type: 'text-start', ...(refuses && { refusal: true }) },
      ...texts.map((text) => ({ type: 'text', text }) as const),
      { type: 'block-stop' },
    ],
  }))
}

function drawThinking({ home, sealed, redacted }: AnswerWords): fc.Arbitrary<Block> {
  // OpenAI knows its own by an id as well.
  const id = home === 'openai' ? { id: 'rs_1' } : {}
  const seal = { type: 'seal', seal: { origin: home, value: 'c2VhbA==', ...id } } as const
  return fc.record({ texts: drawTexts, isRedacted: fc.boolean() }).map(({ texts, isRedacted }): Block => {
    const hides = isRedacted && redacted && sealed
    const shown = hides ? [] : texts.map((text) => ({ type: 'thinking', text }) as const)
    const start: Bare = { type: 'thinking-start', ...(hides && { redacted: true }) }
    return {
      kind: 'thinking',
      deltas: [start, ...shown, ...(sealed ? [seal] : []), { type: 'block-stop' }],
    }
  })
}

function drawCall({ freeText, callSeals }: AnswerWords): fc.Arbitrary<Block> {
  return fc
    .record({
      json: fc.constantFrom(...argumentPieces),
      texts: drawTexts,
      isFree: fc.boolean(),
      isSealed: fc.boolean(),
    })
    .map(({ json, texts, isFree, isSealed }): Block => {
      const custom = isFree && freeText
      const seal = isSealed && callSeals ? ({ seal: { origin: 'google', value: 'c2ln' } } as const) : {}
      const start: Bare = {
        type: 'tool-start',
        id: 'call_',
        name: 'weather',
        ...(custom && { custom }),
        ...seal,
      }
      const written = (custom ? texts : json).map(
        (piece) => ({ type: 'tool-arguments', json: piece }) as const,
      )
      return { kind: 'call', deltas: [start, ...written, { type: 'block-stop' }] }
    })
}
