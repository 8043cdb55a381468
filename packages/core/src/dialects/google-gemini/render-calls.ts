import { parseArguments } from '../anthropic-messages/arguments.ts'
import type { ToolCallPart, ToolResultPart } from '../conversation.ts'
import { wrappedArguments } from '../custom-tool.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { idOfPlace } from './call-ids.ts'
import type { RenderContext } from './render-context.ts'
import { renderMedia, signatureOf, titledText } from './render-part.ts'

export function renderCall(part: ToolCallPart, { names, isOwn }: RenderContext): JsonObject {
  const { id, name, path, seal } = part
  const args = parseArguments(wrappedArguments(part))
  const functionCall = { ...idMember(id, path, isOwn), name: names.of(name), args }
  return { functionCall, ...signatureOf(seal) }
}

/** A call that came without an id goes back without one. */
function idMember(id: string, path: string, isOwn: boolean): JsonObject {
  return isOwn && id === idOfPlace(path) ? {} : { id }
}

export interface RenderedResult {
  readonly part: JsonObject
  /** Pictures and files that the model takes only beside the result. */
  readonly beside: readonly JsonObject[]
}

/** @param call What the result answers; undefined where a client of this API does not say. */
export function renderResult(
  part: ToolResultPart,
  call: ToolCallPart | undefined,
  context: RenderContext,
): RenderedResult {
  const media = part.parts.filter(isMedia).map((item) => renderMedia(item, context))
  const inside = context.facts.signedCalls || context.isOwn
  const { response: given, name: ownName, ...others } = context.isOwn ? (part.extras ?? {}) : {}
  const name = call === undefined ? String(ownName ?? '') : call.name
  const path = call?.path ?? part.path
  const response = isJsonObject(given) ? given : outputOf(part, media.length > 0 && !inside)
  return {
    part: {
      functionResponse: {
        ...others,
        ...idMember(part.callId, path, context.isOwn),
        name: context.names.of(name),
        response,
        ...(inside && media.length > 0 ? { parts: media } : {}),
      },
    },
    beside: inside ? [] : media,
  }
}

/** In the members that Google has named for it. */
function outputOf({ parts, isError }: ToolResultPart, mediaFollow: boolean): JsonObject {
  const texts = parts.filter((item) => !isMedia(item)).map(textOf)
  const text = texts.length === 0 && mediaFollow ? '[see the media that follow]' : texts.join('\n')
  return isError ? { error: text } : { output: text }
}

type ResultItem = ToolResultPart['parts'][number]
type ResultMedia = Exclude<ResultItem, { type: 'text' }>

/** A document that is nothing but text is read as text. */
function isMedia(item: ResultItem): item is ResultMedia {
  return item.type === 'image' || (item.type === 'document' && item.source.kind !== 'text')
}

function textOf(item: ResultItem): string {
  if (item.type === 'text') return item.text
  return item.type === 'document' && item.source.kind === 'text'
    ? titledText(item.source.text, item.title)
    : ''
}
