import { isJsonObject } from '../json.ts'

/** A call that a wrapper holds. */
export interface WrappedCall {
  readonly name: string
  readonly arguments: string
}

const wrappers = new Set(['parallel', 'multi_tool_use.parallel'])
const prefix = 'functions.'

/** Models have an inner tool that calls several others at once, and let slip a call of it now and then. */
export function isParallelWrapper(name: string): boolean {
  return wrappers.has(name)
}

/**
 * The calls inside of a wrapper's arguments; undefined when these are those of a tool of the client's own, which may
 * have the same name.
 */
export function unwrapParallelCalls(json: string): readonly WrappedCall[] | undefined {
  const uses = parse(json)
  if (!Array.isArray(uses) || uses.length === 0) return undefined
  const calls = uses.map(unwrap).filter((call) => call !== undefined)
  return calls.length === uses.length ? calls : undefined
}

function parse(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json)
    return isJsonObject(value) ? value.tool_uses : undefined
  } catch {
    return undefined
  }
}

function unwrap(use: unknown): WrappedCall | undefined {
  if (!isJsonObject(use) || !isJsonObject(use.parameters)) return undefined
  const { recipient_name: recipient, parameters } = use
  if (typeof recipient !== 'string' || !recipient.startsWith(prefix)) return undefined
  return { name: recipient.slice(prefix.length), arguments: JSON.stringify(parameters) }
}
