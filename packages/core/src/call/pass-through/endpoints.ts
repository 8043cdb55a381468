import type { PassThroughId } from '../../providers/dialect-id.ts'
import { imagesMeter } from './meters/images.ts'
import type { Meter } from './meters/meter.ts'
import { speechMeter } from './meters/speech.ts'
import { transcriptionsMeter, translationsMeter } from './meters/transcriptions.ts'

/** An endpoint that is passed on to a provider that speaks as OpenAI does. */
export interface PassThroughEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Without its prefix; `:id` stands for one segment. */
  readonly path: string
  readonly dialect: PassThroughId
  /**
   * `json`: read whole, for its model. `form`: a form or JSON, read as far as its model and its price need.
   * `stream`: nobody needs to read it.
   */
  readonly body: 'none' | 'json' | 'form' | 'stream'
  /** How its calls are paid with credits. Without one it is served on an account's own provider keys alone. */
  readonly meter?: Meter
  /** Models that their provider does not bill, the first of which stands for none. */
  readonly freeModels?: readonly string[]
  /** Its name belongs to too many hosts to be taken without a version in front. */
  readonly versioned?: true
}

const resource = { dialect: 'openai-resources', versioned: true } as const
const create = { ...resource, method: 'POST' } as const
const read = { ...resource, method: 'GET', body: 'none' } as const
const remove = { ...resource, method: 'DELETE', body: 'none' } as const
const images = { method: 'POST', dialect: 'openai-images', meter: imagesMeter } as const
const recordings = { method: 'POST', dialect: 'openai-transcriptions', body: 'form' } as const

/** Every endpoint that is passed on, in the order they are looked through. */
export const passThroughEndpoints: readonly PassThroughEndpoint[] = [
  { ...images, path: '/images/generations', body: 'json' },
  { ...images, path: '/images/edits', body: 'form' },
  { ...images, path: '/images/variations', body: 'form' },
  { path: '/audio/speech', method: 'POST', dialect: 'openai-speech', body: 'json', meter: speechMeter },
  { ...recordings, path: '/audio/transcriptions', meter: transcriptionsMeter },
  { ...recordings, path: '/audio/translations', meter: translationsMeter },
  {
    path: '/moderations',
    method: 'POST',
    dialect: 'openai-moderations',
    body: 'json',
    freeModels: [
      'omni-moderation-latest',
      'omni-moderation-2024-09-26',
      'text-moderation-latest',
      'text-moderation-stable',
    ],
  },
  { ...create, path: '/files', body: 'stream' },
  { ...read, path: '/files' },
  { ...read, path: '/files/:id' },
  { ...read, path: '/files/:id/content' },
  { ...remove, path: '/files/:id' },
  { ...create, path: '/uploads', body: 'stream' },
  { ...create, path: '/uploads/:id/parts', body: 'stream' },
  { ...create, path: '/uploads/:id/complete', body: 'stream' },
  { ...create, path: '/uploads/:id/cancel', body: 'stream' },
  { ...create, path: '/batches', body: 'stream' },
  { ...read, path: '/batches' },
  { ...read, path: '/batches/:id' },
  { ...create, path: '/batches/:id/cancel', body: 'stream' },
  { ...create, path: '/videos', body: 'stream' },
  { ...read, path: '/videos' },
  { ...read, path: '/videos/:id' },
  { ...read, path: '/videos/:id/content' },
  { ...create, path: '/videos/:id/remix', body: 'stream' },
  { ...remove, path: '/videos/:id' },
  // What it hands out opens the provider's own door, past every meter.
  { path: '/realtime/client_secrets', method: 'POST', dialect: 'openai-realtime', body: 'stream' },
]
