import { isJsonObject, type JsonObject } from '../json.ts'

/** How the numbers of a vector are written: as a list, or as Base64 of 32-bit floats, little-endian. */
export type EmbeddingFormat = 'float' | 'base64'

/**
 * An answer with its vectors in the format that its client asked for; the very same where they are. Some servers know
 * one format alone, and a client that asked for numbers does not decode anything else.
 *
 * @example
 * embeddingsAsAsked({ data: [{ embedding: 'AACAPw==' }] }, 'float') // { data: [{ embedding: [1] }] }
 */
export function embeddingsAsAsked(answer: JsonObject, format: EmbeddingFormat): JsonObject {
  const { data } = answer
  if (!Array.isArray(data) || data.every((entry) => isAsAsked(entry, format))) return answer
  return { ...answer, data: data.map((entry) => converted(entry, format)) }
}

function isAsAsked(entry: unknown, format: EmbeddingFormat): boolean {
  return !isJsonObject(entry) || converts(entry.embedding, format) === undefined
}

function converted(entry: unknown, format: EmbeddingFormat): unknown {
  if (!isJsonObject(entry)) return entry
  const convert = converts(entry.embedding, format)
  return convert ? { ...entry, embedding: convert() } : entry
}

function converts(embedding: unknown, format: EmbeddingFormat): (() => unknown) | undefined {
  if (format === 'float' && typeof embedding === 'string') return () => toFloats(embedding)
  if (format === 'base64' && Array.isArray(embedding)) return () => toBase64(embedding)
  return undefined
}

function toFloats(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4))
}

function toBase64(floats: readonly unknown[]): string {
  const bytes = Buffer.alloc(floats.length * 4)
  floats.forEach((value, index) => {
    bytes.writeFloatLE(Number(value), index * 4)
  })
  return bytes.toString('base64')
}
