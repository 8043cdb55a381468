import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { bedrock } from './bedrock.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { google } from './google.ts'
import { groq } from './groq.ts'
import { lmStudio } from './lm-studio.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openrouter } from './openrouter.ts'
import type { ProviderDefinition } from './provider.ts'
import { together } from './together.ts'
import { vertex } from './vertex.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'

/** The providers that are known without configuration. The sandbox is not among them: it is asked for. */
export const builtInProviders: readonly ProviderDefinition[] = [
  openai,
  anthropic,
  google,
  mistral,
  groq,
  deepseek,
  xai,
  openrouter,
  together,
  fireworks,
  azureOpenai,
  bedrock,
  vertex,
  ollama,
  vllm,
  lmStudio,
]
