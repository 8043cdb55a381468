import type { ListedModel, ModelList } from './listing.ts'

/** A model as Google's clients read it. */
export interface GoogleModel {
  readonly name: string
  readonly displayName: string
  readonly version: string
  readonly inputTokenLimit?: number
  readonly outputTokenLimit?: number
  readonly supportedGenerationMethods: readonly string[]
}

/** The body of `GET /v1beta/models/{id}`. */
export function renderGoogleModel(model: ListedModel): GoogleModel {
  const { id, display_name, max_input_tokens, max_tokens, endpoints } = model
  const chats = endpoints.some((kind) => kind === 'chat' || kind === 'responses' || kind === 'messages')
  return {
    name: `models/${id}`,
    displayName: display_name,
    version: id,
    ...(max_input_tokens !== null && { inputTokenLimit: max_input_tokens }),
    ...(max_tokens !== null && { outputTokenLimit: max_tokens }),
    supportedGenerationMethods: chats ? ['generateContent', 'countTokens'] : [],
  }
}

/** The body of `GET /v1beta/models`, on one page. */
export function renderGoogleModelList({ data }: ModelList): { readonly models: readonly GoogleModel[] } {
  return { models: data.map(renderGoogleModel) }
}
