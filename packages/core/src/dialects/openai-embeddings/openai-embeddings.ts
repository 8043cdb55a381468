import type { Dialect } from '../dialect.ts'
import { chatWire } from '../openai-chat/wire.ts'
import { createEmbeddingsUsageReader } from './usage.ts'

/** Embeddings, between clients and providers that both speak it. */
export const openaiEmbeddings: Dialect = {
  id: 'openai-embeddings',
  family: 'openai',
  upstreamPath: () => '/embeddings',
  // Embeddings never stream; should a server answer so, it would in its family's way.
  wire: chatWire,
  createUsageReader: createEmbeddingsUsageReader,
}
