import type { Dialect } from '../dialect.ts'
import { parseConverseAnswer } from './parse-answer.ts'
import { createConverseStreamParser } from './parse-stream.ts'
import { renderConverseRequest } from './render-request.ts'
import { createConverseUsageReader } from './usage.ts'
import { converseWire } from './wire.ts'

/** Amazon Bedrock's Converse. Clients of other dialects reach its models; none speaks it here. */
export const bedrockConverse: Dialect = {
  id: 'bedrock-converse',
  family: 'anthropic',
  upstreamPath: ({ model, stream }) => `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
  namesInPath: true,
  wire: converseWire,
  createUsageReader: createConverseUsageReader,
  renderRequest: renderConverseRequest,
  createStreamParser: createConverseStreamParser,
  parseAnswer: parseConverseAnswer,
}
