import type { EndpointKind, Modality, ModelEntry } from '../src/models/model.ts'

interface Rule {
  readonly ids: RegExp
  readonly kinds: readonly EndpointKind[]
  readonly input: readonly Modality[]
  readonly output: readonly Modality[]
}
/** Left for the other inputs to say. */
const unknown: readonly Modality[] = []
const text: readonly Modality[] = ['text']
const speech: readonly Modality[] = ['text', 'audio']
const spoken: readonly Modality[] = ['text', 'image', 'audio']

/** First match wins. Build time only: at run time a kind is a fact of the model, not of its name. */
const rules: readonly Rule[] = [
  { ids: /embed/, kinds: ['embeddings'], input: text, output: [] },
  { ids: /^gpt-image/, kinds: ['images'], input: ['text', 'image'], output: ['image'] },
  { ids: /^gpt-realtime/, kinds: ['realtime'], input: spoken, output: speech },
  { ids: /realtime/, kinds: ['realtime'], input: speech, output: speech },
  { ids: /transcribe|^whisper/, kinds: ['transcription'], input: ['audio', 'text'], output: text },
  { ids: /-tts/, kinds: ['speech'], input: text, output: ['audio'] },
  { ids: /audio/, kinds: ['chat'], input: speech, output: speech },
  { ids: /^(gpt|o\d).*-pro|codex|deep-research/, kinds: ['responses'], input: unknown, output: text },
]
const chat: readonly EndpointKind[] = ['chat']
const byProvider: Readonly<Record<string, readonly EndpointKind[]>> = {
  anthropic: ['messages'],
  openai: ['chat', 'responses'],
  xai: ['chat', 'responses'],
}

const ruleOf = (id: string): Rule | undefined => rules.find(({ ids }) => ids.test(id))

export function kindsOf(provider: string, id: string): readonly EndpointKind[] {
  return ruleOf(id)?.kinds ?? byProvider[provider] ?? chat
}

export function modalitiesOf(id: string): Pick<ModelEntry, 'input' | 'output'> {
  const { input = unknown, output = text } = ruleOf(id) ?? {}
  return { input, output }
}
