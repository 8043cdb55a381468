import { elementsOf, type Members } from './members.ts'
import { countTokens } from './tokens.ts'

const defaultDimensions = 256
const maxDimensions = 3072

/** An answer of `POST /embeddings`: one unit vector an input, as floats or as base64 of 32-bit floats. */
export function embeddingsBody(body: Members): Members {
  const inputs = inputsOf(body.input)
  const asked = Number(body.dimensions ?? defaultDimensions)
  const dimensions = Math.min(maxDimensions, Math.max(1, Math.trunc(asked) || defaultDimensions))
  const data = inputs.map((input, index) => {
    const vector = embed(typeof input === 'string' ? input : JSON.stringify(input), dimensions)
    const embedding = body.encoding_format === 'base64' ? base64Of(vector) : [...vector]
    return { object: 'embedding', index, embedding }
  })
  const tokens = inputs.reduce<number>((sum, input) => sum + tokensOf(input), 0)
  return {
    object: 'list',
    data,
    model: body.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** A text, a list of token ids, or a list of either. */
function inputsOf(input: unknown): readonly unknown[] {
  const elements = elementsOf(input)
  return typeof input === 'string' || typeof elements[0] === 'number' ? [input] : elements
}

function tokensOf(input: unknown): number {
  return typeof input === 'string' ? countTokens(input) : elementsOf(input).length
}

/** Pseudo-random numbers seeded by the text (FNV-1a, then xorshift), scaled to length 1. */
function embed(text: string, dimensions: number): Float32Array {
  let state = 0x811c9dc5
  for (const unit of text) state = Math.imul(state ^ (unit.codePointAt(0) ?? 0), 0x01000193)
  const vector = Float32Array.from({ length: dimensions }, () => {
    state = state || 1
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state / 0x80000000
  })
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}

function base64Of(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString('base64')
}
