import { anthropic } from './anthropic.ts'
import { openai } from './openai.ts'
import type { ProviderDefinition } from './provider.ts'

/** The providers whose address is known without configuration. The sandbox is not among them: it is asked for. */
export const builtInProviders: readonly ProviderDefinition[] = [openai, anthropic]
