/** The wire formats a provider can speak. */
export type DialectId =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'google-gemini'
  | 'openai-embeddings'
  | 'openai-completions'
  | 'bedrock-converse'
