import { compatibleProvider } from './compatible.ts'
import { openai } from './openai.ts'

/**
 * Azure OpenAI by its versionless address, `https://<resource>.openai.azure.com/openai/v1`. Models are the names of
 * deployments, of which nobody knows what they hold unless options say it.
 */
export const azureOpenai = compatibleProvider({
  ...openai,
  id: 'azure',
  displayName: 'Azure OpenAI',
  baseUrl: undefined,
  environment: { apiKey: 'AZURE_OPENAI_API_KEY', baseUrl: 'AZURE_OPENAI_BASE_URL' },
  dialectsOf: () => openai.dialects,
  // Whether it counts tokens is not documented.
  countsTokens: [],
  credentialHeader: 'api-key',
})
