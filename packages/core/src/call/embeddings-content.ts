import type { WireText } from '../bytes/wire-text.ts'
import { isJsonObject } from '../dialects/json.ts'
import { type EmbeddingFormat, embeddingsAsAsked } from '../dialects/openai-embeddings/as-asked.ts'
import type { Call } from './call.ts'
import { readMember } from './json-members.ts'

/** Of the first vector, which tells for all of them. */
const beginning = /"embedding"\s*:\s*(["[])/

/** The provider's bytes, unless its vectors are not in the format that the client asked for. */
export function embeddingsContent({ envelope }: Call, body: WireText): WireText {
  const asked: EmbeddingFormat =
    readMember(envelope.members, 'encoding_format') === 'base64' ? 'base64' : 'float'
  const isText = beginning.exec(body)?.[1] === '"'
  if (isText === (asked === 'base64')) return body
  // Numbers, names and Base64 are ASCII: what else there is stays as it was encoded.
  const answer: unknown = JSON.parse(body)
  return isJsonObject(answer) ? (JSON.stringify(embeddingsAsAsked(answer, asked)) as WireText) : body
}
