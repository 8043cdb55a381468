/** One call of a tool. */
export interface ScriptedCall {
  readonly id: string
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What a model answers, before a dialect puts it into its own words. */
export interface ScriptedTurn {
  readonly thinking: string
  /** As the provider signs or encrypts it. */
  readonly seal: string
  /** What a provider that hides thinking on purpose says in its place, besides. */
  readonly redacted?: string
  readonly text?: string
  readonly calls: readonly ScriptedCall[]
  readonly usage: { readonly input: number; readonly output: number; readonly reasoning: number }
}

/** A loop of three turns, calls side by side among them, and the answer to what the user says behind it. */
export const turns: readonly [ScriptedTurn, ScriptedTurn, ScriptedTurn, ScriptedTurn] = [
  {
    thinking: 'Two cities\n"at once".',
    seal: 'EqQBCkgIBRABGAIiQL+/one==',
    redacted: 'EmwKAhgBEgy3va/redacted==',
    text: 'I look both up.',
    calls: [
      { id: 'c1', name: 'weather', args: { city: 'Paris' } },
      { id: 'c2', name: 'weather', args: { city: 'Zürich', days: 2 } },
    ],
    usage: { input: 101, output: 43, reasoning: 11 },
  },
  {
    // Hidden: only the seal is told.
    thinking: '',
    seal: 'EqQBCkgIBRABGAIiQL+/two==',
    calls: [{ id: 'c3', name: 'clock', args: {} }],
    usage: { input: 163, output: 29, reasoning: 7 },
  },
  {
    thinking: 'All is known.',
    seal: 'EqQBCkgIBRABGAIiQL+/three=',
    text: 'Sun in Paris, rain in Zürich, and it is noon.',
    calls: [],
    usage: { input: 211, output: 31, reasoning: 5 },
  },
  {
    thinking: 'They are polite.',
    seal: 'EqQBCkgIBRABGAIiQL+/four==',
    text: 'You are welcome.',
    calls: [],
    usage: { input: 257, output: 17, reasoning: 3 },
  },
]

export const question = 'How is the weather in Paris and Zürich, and what is the time?'
export const thanks = 'Thank you!'
/** What a user of the clients reads in the end. */
export const finalTexts = [turns[2].text, turns[3].text]

/** What the tools give back. */
export function runTool(name: string, args: unknown): string {
  if (name === 'clock') return 'noon'
  const { city } = args as { city?: unknown }
  if (city === undefined) return `${name} is done`
  return `${String(city)}: ${city === 'Paris' ? 'sun' : 'rain'}`
}

/** JSON Schemas of the tools' arguments, by name. */
export const toolSchemas = {
  weather: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
    required: ['city'],
  },
  clock: { type: 'object' as const, properties: {} },
}

export const toolNames = ['weather', 'clock'] as const

/** At $1 a million in and $2 out, and the fee's $0.05 on all of it. */
export function chargeOf({ usage: { input, output } }: ScriptedTurn): string {
  return ((input * 1050 + output * 2050) / 1e9).toFixed(9)
}
