import type { Conversation } from '../conversation.ts'
import {
  booleanMember,
  invalidMember,
  listMember,
  memberOf,
  numberMember,
  type Place,
  pathOf,
  placeMember,
} from '../members.ts'

type Modalities = NonNullable<Conversation['modalities']>

/** `logprobs` says whether, and `top_logprobs` how many beside the chosen token. */
export function parseLogprobs(place: Place): number | undefined {
  const isAsked = booleanMember(place, 'logprobs')
  const top = numberMember(place, 'top_logprobs')
  return isAsked === true ? (top ?? 0) : isAsked === false ? undefined : top
}

export function parseModalities(place: Place): Modalities | undefined {
  return listMember(place, 'modalities')?.map((kind, index) => {
    if (kind === 'text' || kind === 'audio' || kind === 'image') return kind
    throw invalidMember(`${pathOf(place, 'modalities')}.${index}`, '`text`, `audio` or `image`')
  })
}

export function parseMetadata(place: Place): Readonly<Record<string, string>> | undefined {
  const metadata = placeMember(place, 'metadata')
  if (metadata === undefined) return undefined
  const names = Object.keys(metadata.value)
  return Object.fromEntries(
    names.map((name) => {
      const value = memberOf(metadata, name)
      if (typeof value !== 'string') throw invalidMember(pathOf(metadata, name), 'a string')
      return [name, value]
    }),
  )
}
