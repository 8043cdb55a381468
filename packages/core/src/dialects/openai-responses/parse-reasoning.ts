import type { ThinkingPart } from '../conversation.ts'
import { type Place, requiredString, stringMember } from '../members.ts'
import { type Seal, unpackSeal } from '../seal.ts'
import { withoutAbsent } from '../without-absent.ts'
import { listedPlaces, restOf } from './places.ts'

const known = new Set(['type', 'summary', 'encrypted_content'])
/** A summary of one part is told by the text alone. */
const withSummary = new Set(['type', 'encrypted_content'])

/** A reasoning item; none where it holds neither text nor seal, and only names what the provider stored. */
export function parseReasoning(place: Place): readonly ThinkingPart[] {
  const summary = textsOf(place, 'summary')
  const text = (summary.length > 0 ? summary : textsOf(place, 'content')).join('\n\n')
  const seal = parseSeal(place)
  if (text === '' && seal === undefined) return []
  const extras = isForeign(place, seal)
    ? undefined
    : restOf(place, summary.length === 1 ? known : withSummary)
  return [{ type: 'thinking', text, path: place.path, ...seal, ...withoutAbsent({ extras }) }]
}

/** Of an answer that this API did not give, so that it does not know the item by its id. */
function isForeign(place: Place, found: Pick<ThinkingPart, 'seal'> | undefined): boolean {
  return found === undefined && Boolean(stringMember(place, 'encrypted_content'))
}

function textsOf(place: Place, name: string): readonly string[] {
  return listedPlaces(place, name).map((part) => requiredString(part, 'text'))
}

function parseSeal(place: Place): Pick<ThinkingPart, 'seal' | 'redacted'> | undefined {
  const sealed = stringMember(place, 'encrypted_content')
  const found = sealed ? unpackSeal(sealed, 'openai') : undefined
  if (found === undefined) return undefined
  const { redacted, ...seal } = found
  return { seal: named(seal, stringMember(place, 'id')), ...(redacted && { redacted }) }
}

/** The provider knows its own reasoning by the item's id as well. */
function named(seal: Seal, id: string | undefined): Seal {
  return seal.origin === 'openai' && seal.id === undefined && id !== undefined ? { ...seal, id } : seal
}
