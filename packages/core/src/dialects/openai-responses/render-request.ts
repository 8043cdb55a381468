import type { AnswerFilters } from '../answer-filters/answer-filters.ts'
import type { Conversation } from '../conversation.ts'
import { customToolNames } from '../custom-tool.ts'
import type { RenderedRequest, RenderTarget } from '../dialect.ts'
import { createRenderContext, type RenderContext } from './render-context.ts'
import { withExtensions } from './render-extensions.ts'
import { renderFormat } from './render-format.ts'
import { renderInput } from './render-input.ts'
import { limitOutput, refuseImpossible, renderPurpose, renderSampling, storeOf } from './render-options.ts'
import { renderReasoning } from './render-reasoning.ts'
import { withoutRefused } from './render-refused.ts'
import { renderToolChoice } from './render-tool-choice.ts'
import { renderTools } from './render-tools.ts'

/**
 * A hub conversation as a Responses body. What another dialect wrote is stored nowhere, and the model's reasoning
 * comes back sealed, so that the client keeps the whole state.
 *
 * @throws GatewayError `unsupported_parameter` for content that the API does not take, and under `strict` for
 * everything that would have to be dropped.
 */
export function renderResponsesRequest(conversation: Conversation, target: RenderTarget): RenderedRequest {
  const context = createRenderContext(conversation, target)
  refuseImpossible(context)
  const { text, instruction } = renderFormat(context)
  const { instructions, input } = renderInput(context)
  const tools = renderTools(context)
  const { reasoning, thinks } = renderReasoning(context)
  const maxOutputTokens = limitOutput(context)
  const include = includeOf(context)
  const store = storeOf(context)
  const body = {
    model: target.model,
    ...(instructions === undefined ? {} : { instructions }),
    input: instruction === undefined ? input : [instruction, ...input],
    ...(tools.length > 0 ? { tools } : {}),
    ...renderToolChoice(tools, context),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(text === undefined ? {} : { text }),
    ...renderSampling(context),
    ...renderPurpose(context),
    ...(include.length > 0 ? { include } : {}),
    ...(store === undefined ? {} : { store }),
    ...(conversation.stream ? { stream: true } : {}),
  }
  return {
    body: withoutRefused(withExtensions(body, context), context),
    warnings: context.warnings.list,
    thinks,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    answer: filtersOf(context),
  }
}

function filtersOf({ conversation, knowsCustomTools, toolNames }: RenderContext): AnswerFilters {
  const customTools = knowsCustomTools ? undefined : customToolNames(conversation.tools)
  const { changed } = toolNames
  return {
    ...(customTools === undefined ? {} : { customTools: new Set([...customTools].map(toolNames.of)) }),
    ...(changed === undefined ? {} : { toolNames: changed }),
  }
}

/** What the answer shall hold beside its text. Models that do not reason refuse to seal what they do not have. */
function includeOf({ conversation, mayReason, facts, isOwn }: RenderContext): readonly string[] {
  const tellsLogprobs = conversation.logprobs !== undefined && (facts.sampling || isOwn)
  return [
    ...(mayReason ? ['reasoning.encrypted_content'] : []),
    ...(tellsLogprobs ? ['message.output_text.logprobs'] : []),
  ]
}
