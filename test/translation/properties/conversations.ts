import fc from 'fast-check'
import type { Conversation, Tool } from '../../../packages/core/src/dialects/conversation.ts'
import { withoutAbsent } from '../../../packages/core/src/dialects/without-absent.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import { maybe } from './draw.ts'
import { drawExchange } from './draw-exchanges.ts'
import { type Bare, drawAssistantPart, drawSaid, drawTextPart } from './draw-parts.ts'
import { drawSettings } from './draw-settings.ts'
import { choiceOf, drawFormat, drawTools } from './draw-tools.ts'
import { messagesOf, placed, type Round } from './turns.ts'
import { vocabularies } from './vocabularies.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Conversations that a client of a dialect can have. */
export function drawConversation(
  dialect: WireDialect,
  words = vocabularies[dialect],
): fc.Arbitrary<Conversation> {
  return fc
    .record({
      rounds: fc.array(drawRound(words), { minLength: 1, maxLength: 3 }),
      system: fc.array(drawTextPart(words), { maxLength: words.manySystemTexts ? 2 : 1 }),
      last: drawSaid(words),
      tools: drawTools(words),
      settings: drawSettings(words),
      extensions: fc.subarray(Object.entries(words.extensions)),
      choice: fc.nat(8),
      format: maybe(drawFormat(words)),
    })
    .map(({ rounds, system, last, tools, settings, extensions, choice, format }) => ({
      dialect,
      model: 'model-1',
      messages: placed(
        messagesOf({ rounds, system, last }),
        dialect,
        tools.filter(({ cache }) => cache !== undefined).length,
      ),
      tools: tools.map(
        (tool, index) => ({ ...tool, name: nameOf(tool, index), path: toolPath(dialect, index) }) as Tool,
      ),
      stream: choice % 2 === 0,
      extensions: new Map(extensions),
      ...(words.limitIsNeeded && { maxOutputTokens: 8000 }),
      ...settings,
      ...withoutAbsent({ toolChoice: choiceOf(choice, tools.map(nameOf), words), responseFormat: format }),
    }))
    .map(withoutIdle)
    .map((conversation) => (words.excludes ? withoutClashes(conversation) : conversation))
}

function drawRound(words: Vocabulary): fc.Arbitrary<Round> {
  return fc.record({
    user: drawSaid(words),
    assistant: fc.array(drawAssistantPart(words), { minLength: 1, maxLength: 3 }),
    exchanges: fc.array(drawExchange(words), { maxLength: 2 }),
    system: words.laterSystem ? fc.array(drawTextPart(words), { maxLength: 1 }) : fc.constant([]),
  })
}

/** What only asks for something where there are tools. */
function withoutIdle(conversation: Conversation): Conversation {
  const { toolChoice: _choice, parallelToolCalls: _parallel, ...rest } = conversation
  const functions = conversation.tools.filter(({ type }) => type !== 'server')
  return functions.length === 0 ? rest : conversation
}

/** What the API refuses together. */
function withoutClashes(conversation: Conversation): Conversation {
  const { temperature, topP, topK, reasoning, toolChoice: choice, ...rest } = conversation
  const isForced = choice?.type === 'required' || choice?.type === 'tool'
  const thinking = isForced && !reasoning?.disabled ? undefined : reasoning
  const sampling = temperature === undefined ? { topP, topK } : { temperature, topK }
  return {
    ...rest,
    ...withoutAbsent({
      toolChoice: choice,
      reasoning: thinking,
      ...(thinking === undefined || thinking.disabled ? sampling : {}),
    }),
  }
}

function nameOf(tool: Bare<Tool>, index: number): string {
  return tool.type === 'server' ? tool.name : `${tool.name}_${index}`
}

function toolPath(dialect: WireDialect, index: number): string {
  return dialect === 'openai-responses' ? `tools[${index}]` : `tools.${index}`
}
