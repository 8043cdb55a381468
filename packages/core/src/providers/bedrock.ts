import { compatibleProvider } from './compatible.ts'

/**
 * Amazon Bedrock by its Converse API. Models are ids, inference profiles (`eu.anthropic.…`) and ARNs. With a key of
 * Bedrock's own requests carry that, otherwise they are signed.
 */
export const bedrock = compatibleProvider({
  id: 'bedrock',
  displayName: 'Amazon Bedrock',
  baseUrl: undefined,
  cloud: {
    vendor: 'aws',
    address: ({ location }) =>
      `https://bedrock-runtime.${location}.amazonaws.com${location.startsWith('cn-') ? '.cn' : ''}`,
    eventStreams: true,
  },
  environment: { apiKey: 'AWS_BEARER_TOKEN_BEDROCK', baseUrl: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME' },
  dialects: ['bedrock-converse'],
  forwardedHeaders: [],
})
