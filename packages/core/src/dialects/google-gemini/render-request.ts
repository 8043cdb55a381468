import type { Conversation } from '../conversation.ts'
import { customToolNames } from '../custom-tool.ts'
import type { RenderedRequest, RenderTarget } from '../dialect.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { createWarnings } from '../warnings.ts'
import { withoutAbsent } from '../without-absent.ts'
import { geminiModelFacts } from './model-facts.ts'
import { renderContents } from './render-contents.ts'
import { createRenderContext, type RenderContext } from './render-context.ts'
import { renderGeneration } from './render-generation.ts'
import { renderTools } from './render-tools.ts'
import { createToolNames } from './tool-names.ts'

/**
 * A hub conversation as a `generateContent` body. Model and streaming are in the path and not in here.
 *
 * @throws GatewayError `unsupported_parameter` for content that no Gemini model takes, and under `strict` for
 * everything that would have to be dropped.
 */
export function renderGeminiRequest(conversation: Conversation, target: RenderTarget): RenderedRequest {
  const warnings = createWarnings(target.strict)
  const names = createToolNames()
  const facts = geminiModelFacts(target.model)
  const context = createRenderContext(conversation, { facts, warnings, names })
  const { system, contents } = renderContents(conversation, context)
  const { tools, calling } = renderTools(conversation, context)
  const { config, maxOutputTokens, thinks } = renderGeneration(conversation, target, context)
  const body = {
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    contents,
    ...(tools.length === 0 ? {} : { tools }),
    ...(calling === undefined ? {} : { toolConfig: { functionCallingConfig: calling } }),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...renderAccount(conversation, context),
  }
  return {
    body: withExtensions(body, conversation, context),
    warnings: warnings.list,
    thinks,
    ...withoutAbsent({ maxOutputTokens }),
    answer: withoutAbsent({ customTools: customToolNames(conversation.tools), toolNames: names.changed }),
  }
}

const serviceTiers: ReadonlyMap<string, string | undefined> = new Map([
  ['auto', undefined],
  ['default', 'standard'],
  ['standard', 'standard'],
  ['standard_only', 'standard'],
  ['unspecified', undefined],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['fast', 'priority'],
])
/** What labels may be made of. */
const label = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u

/** What is between the client and its account, and changes no answer. */
function renderAccount(conversation: Conversation, { isOwn, warnings, field }: RenderContext): JsonObject {
  const { serviceTier, metadata, store, user, verbosity } = conversation
  if (serviceTier !== undefined && !isOwn && !serviceTiers.has(serviceTier))
    warnings.dropped(field('serviceTier'), `The service tier "${serviceTier}" is not offered on this model.`)
  const fits = isOwn || Object.entries(metadata ?? {}).every((pair) => pair.every((text) => label.test(text)))
  if (!fits) warnings.dropped(field('metadata'), 'These labels are not of a kind that the API takes.')
  if (store && !isOwn) warnings.dropped(field('store'), 'Answers are not kept for clients of another API.')
  if (user !== undefined) warnings.dropped(field('user'), 'The API has no place for the name of a user.')
  if (verbosity !== undefined) warnings.dropped(field('verbosity'), 'This model does not know a verbosity.')
  return withoutAbsent({
    serviceTier: isOwn || serviceTier === undefined ? serviceTier : serviceTiers.get(serviceTier),
    labels: fits ? metadata : undefined,
    store: isOwn ? store : undefined,
  })
}

/** Hints to a cache or a router that mean nothing here and change no answer. */
const unremarkable = new Set(['prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'])

function withExtensions(
  body: JsonObject,
  { extensions }: Conversation,
  { isOwn, warnings }: RenderContext,
): JsonObject {
  let extended = body
  for (const [name, value] of extensions) {
    const unset = value === false || value === 0
    if (isOwn) extended = withMember(extended, name.split('.'), value)
    else if (!unset && !unremarkable.has(name))
      warnings.dropped(name, `${name} has no counterpart on this model.`)
  }
  return extended
}

/** A copy with the member at a path, which is more exact than what the hub can say. */
function withMember(value: JsonObject, [name = '', ...path]: readonly string[], member: unknown): JsonObject {
  const inner = value[name]
  if (path.length === 0) return { ...value, [name]: member }
  return { ...value, [name]: withMember(isJsonObject(inner) ? inner : {}, path, member) }
}
