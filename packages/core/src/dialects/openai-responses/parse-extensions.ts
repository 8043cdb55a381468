import { listMember, type Place, placeMember } from '../members.ts'
import { includeLogprobs } from './parse-options.ts'
import { restOf } from './places.ts'

/** Members with a place in the hub, or that ask for nothing. */
const understood = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'include',
  'reasoning',
  'text',
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'service_tier',
  'metadata',
  'store',
  'background',
])

/** Of objects that are understood in part, the members that are. */
const nested: Readonly<Record<string, ReadonlySet<string>>> = {
  reasoning: new Set(['effort', 'summary', 'generate_summary']),
  text: new Set(['format', 'verbosity']),
  stream_options: new Set(['include_usage']),
}

/** Sealed reasoning is shown whether it was asked for or not. */
const included = new Set<unknown>(['reasoning.encrypted_content', includeLogprobs])

/** Everything else, by name; members of objects that are understood in part by their path: `reasoning.context`. */
export function parseExtensions(body: Place): ReadonlyMap<string, unknown> {
  const extensions = new Map(Object.entries(restOf(body, understood) ?? {}))
  for (const [name, known] of Object.entries(nested)) {
    const place = placeMember(body, name)
    const rest = place === undefined ? {} : (restOf(place, known) ?? {})
    for (const [member, value] of Object.entries(rest)) extensions.set(`${name}.${member}`, value)
  }
  const include = listMember(body, 'include')?.filter((item) => !included.has(item)) ?? []
  if (include.length > 0) extensions.set('include', include)
  for (const [name, value] of idle) if (extensions.get(name) === value) extensions.delete(name)
  return extensions
}

/** Values that clients write out although they are what happens anyway. */
const idle: readonly (readonly [string, unknown])[] = [
  ['truncation', 'disabled'],
  ['stream_options.include_obfuscation', false],
]
