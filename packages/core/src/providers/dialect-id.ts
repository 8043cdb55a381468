/** The wire formats a provider can speak. */
export type DialectId =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'openai-embeddings'
  | 'openai-completions'
