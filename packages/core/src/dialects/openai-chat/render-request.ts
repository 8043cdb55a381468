import type { Conversation } from '../conversation.ts'
import { customToolNames } from '../custom-tool.ts'
import type { RenderedRequest, RenderTarget } from '../dialect.ts'
import { nameOfChatMember } from '../field-names.ts'
import type { JsonObject } from '../json.ts'
import { renderAccount } from './render-account.ts'
import { limitOutput, renderChoices, renderModalities, renderResponseFormat } from './render-answer-shape.ts'
import { createRenderContext, type RenderContext } from './render-context.ts'
import { renderExtensions } from './render-extensions.ts'
import { renderMessages } from './render-messages.ts'
import { renderReasoning } from './render-reasoning.ts'
import { renderSampling } from './render-sampling.ts'
import { renderTools } from './render-tools.ts'

/**
 * A hub conversation as a Chat Completions body.
 *
 * @throws GatewayError `unsupported_parameter` for content that this API does not take, and under `strict` for
 * everything that would have to be dropped.
 */
export function renderChatRequest(conversation: Conversation, target: RenderTarget): RenderedRequest {
  const context = createRenderContext(conversation, target)
  const maxOutputTokens = limitOutput(context)
  const reasoning = renderReasoning(context)
  const body = withoutRefused(
    {
      ...renderExtensions(context),
      model: target.model,
      messages: renderMessages(context),
      ...renderTools(context),
      ...(maxOutputTokens === undefined ? {} : { [target.traits.chatLimitMember]: maxOutputTokens }),
      ...reasoning,
      ...renderResponseFormat(context),
      ...renderSampling(context),
      ...renderModalities(context),
      ...renderChoices(context),
      ...renderAccount(context),
      ...renderStream(context),
    },
    context,
  )
  return {
    body,
    warnings: context.warnings.list,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    thinks: thinks(body, context),
    answer: renderFilters(context),
  }
}

/** The gateway counts what an answer used, whether the client asks for it or not. */
function renderStream({ conversation, target }: RenderContext): JsonObject {
  if (!conversation.stream) return {}
  return { stream: true, ...(target.traits.streamOptions && { stream_options: { include_usage: true } }) }
}

function withoutRefused(body: JsonObject, { conversation, target, warnings }: RenderContext): JsonObject {
  const { refusedMembers = [] } = target.traits
  const refused = refusedMembers.filter((member) => Object.hasOwn(body, member))
  if (refused.length === 0) return body
  for (const member of refused) {
    const name = nameOfChatMember(conversation.dialect, member)
    warnings.dropped(name, `${name} is not taken by this provider.`)
  }
  return Object.fromEntries(Object.entries(body).filter(([member]) => !refused.includes(member)))
}

function thinks({ reasoning_effort: effort }: JsonObject, { facts }: RenderContext): boolean {
  return effort === undefined ? facts.reasoning : effort !== 'none'
}

function renderFilters({
  conversation,
  toolNames,
  isOpenAi,
  isOwn,
}: RenderContext): RenderedRequest['answer'] & {} {
  const customTools = isOpenAi || isOwn ? undefined : customToolNames(conversation.tools)
  const { changed } = toolNames
  return {
    ...(customTools === undefined ? {} : { customTools: new Set([...customTools].map(toolNames.of)) }),
    ...(changed === undefined ? {} : { toolNames: changed }),
  }
}
