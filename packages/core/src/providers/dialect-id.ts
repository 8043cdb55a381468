/** The wire formats a provider can speak. */
export type DialectId =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'google-gemini'
  | 'openai-embeddings'
  | 'openai-completions'
  | 'bedrock-converse'
  | PassThroughId

/** OpenAI's other endpoints, which are passed on as they are: what ledger rows call them. */
export type PassThroughId =
  | 'openai-images'
  | 'openai-speech'
  | 'openai-transcriptions'
  | 'openai-moderations'
  | 'openai-realtime'
  /** Files, uploads, batches, videos: what lives at the provider's account. */
  | 'openai-resources'
