import type { ListedModel } from './listing.ts'

type Capabilities = Pick<
  ListedModel,
  | 'context_window'
  | 'max_input_tokens'
  | 'max_tokens'
  | 'input_modalities'
  | 'output_modalities'
  | 'endpoints'
>

/** What stands for one of several models. */
export interface Choice {
  readonly id: string
  /** Milliseconds since the epoch; 0 = not known. */
  readonly createdAt: number
  readonly owner: string
  readonly name: string
  readonly capabilities: Capabilities
}

/** A choice for the list. It costs what the chosen model costs, and has neither prices nor metrics of its own. */
export function renderChoice({ id, createdAt, owner, name, capabilities }: Choice): ListedModel {
  return {
    id,
    object: 'model',
    type: 'model',
    created: Math.floor(createdAt / 1000),
    created_at: new Date(createdAt).toISOString(),
    owned_by: owner,
    display_name: name,
    ...capabilities,
    deprecated_at: null,
    pricing: { currency: 'USD', rates: [] },
    metrics: null,
  }
}
