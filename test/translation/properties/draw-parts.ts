import fc from 'fast-check'
import type {
  CacheMark,
  Part,
  ToolCallPart,
  ToolResultPart,
} from '../../../packages/core/src/dialects/conversation.ts'
import { withoutAbsent } from '../../../packages/core/src/dialects/without-absent.ts'
import { among } from './draw.ts'
import { drawMedia } from './media.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What is drawn first and gets its place later. */
export type Bare<Kind> = Kind extends unknown ? Omit<Kind, 'path'> : never
export type BarePart = Bare<Exclude<Part, ToolCallPart | ToolResultPart>>

/** Around the mark by which a text is found again. */
const edges = [
  '',
  ' ',
  '\n\n',
  '\t',
  '\u00a0',
  '💡é',
  '\u2028',
  '"\\',
  '\r\n',
  '{"a":1}',
  '</x>',
  'ı̇',
  '\u0000',
  '% &',
]
const drawText = fc
  .tuple(fc.constantFrom(...edges), fc.constantFrom(...edges))
  .map(([before, after]) => `${before}@${after}`)

export function drawTextPart(words: Vocabulary): fc.Arbitrary<BarePart> {
  return fc
    .tuple(drawText, drawCache(words))
    .map(([text, cache]) => ({ type: 'text', text, ...withoutAbsent({ cache }) }) as const)
}

export function drawCache({ cacheTtls }: Vocabulary): fc.Arbitrary<CacheMark | undefined> {
  if (cacheTtls.length === 0) return fc.constant(undefined)
  return fc.option(
    among(cacheTtls).map((ttl) => withoutAbsent({ ttl })),
    { nil: undefined, freq: 12 },
  )
}

function drawUserPart(words: Vocabulary): fc.Arbitrary<BarePart> {
  const opaque = words.opaque
    .filter(({ role }) => role === 'user')
    .map(({ value }) => ({ type: 'opaque', value }) as const)
  return fc.oneof(
    { arbitrary: drawTextPart(words), weight: 4 },
    { arbitrary: drawMedia(words.media, words), weight: 3 },
    ...(opaque.length > 0 ? [{ arbitrary: among(opaque) as fc.Arbitrary<BarePart>, weight: 1 }] : []),
  )
}

/** A turn of a user, of which something is left whatever the target cannot take. */
export function drawSaid(words: Vocabulary): fc.Arbitrary<readonly BarePart[]> {
  return fc
    .tuple(drawTextPart(words), fc.array(drawUserPart(words), { maxLength: 2 }))
    .map(([text, others]) => [text, ...others])
}

export function drawAssistantPart(words: Vocabulary): fc.Arbitrary<BarePart> {
  const thinking = [
    ...words.seals.map((origin) => ({ seal: { origin, value: `sig+${origin}/=` } })),
    ...(words.unsealedThinking ? [{}] : []),
  ]
  const opaque = words.opaque
    .filter(({ role }) => role === 'assistant')
    .map(({ value }) => ({ type: 'opaque', value }) as const)
  const redacted = {
    type: 'thinking',
    text: '',
    redacted: true,
    seal: { origin: 'anthropic', value: 'data==' },
  } as const
  return fc.oneof(
    { arbitrary: drawText.map((text) => ({ type: 'text', text }) as const), weight: 3 },
    {
      arbitrary: fc
        .tuple(drawText, among(thinking))
        .map(([text, seal]) => ({ type: 'thinking', text, ...seal }) as const),
      weight: 2,
    },
    ...(words.redacted ? [{ arbitrary: fc.constant<BarePart>(redacted), weight: 1 }] : []),
    ...(words.refusals
      ? [{ arbitrary: drawText.map((text) => ({ type: 'refusal', text }) as BarePart), weight: 1 }]
      : []),
    ...(opaque.length > 0 ? [{ arbitrary: among(opaque) as fc.Arbitrary<BarePart>, weight: 1 }] : []),
  )
}
