import type { DialectId } from '../providers/dialect-id.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts'
import type { Dialect } from './dialect.ts'
import { googleGemini } from './google-gemini/google-gemini.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { openaiCompletions } from './openai-completions/openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings/openai-embeddings.ts'
import { openaiResponses } from './openai-responses/openai-responses.ts'
import { passThroughDialects } from './pass-through/pass-through.ts'

/** Every wire format the gateway knows, by id. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  'google-gemini': googleGemini,
  'openai-embeddings': openaiEmbeddings,
  'openai-completions': openaiCompletions,
  'bedrock-converse': bedrockConverse,
  ...passThroughDialects,
}
