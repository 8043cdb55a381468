import { sha256 } from '../sha256.ts'

/** OpenAI's own limit. */
const usualLength = 64
const hashLength = 8

/** Names of tools as the target takes them. */
export interface ToolNames {
  /** The same short name for the same long one, in every request. */
  of(name: string): string
  /** The client's names by those that were sent in their place; undefined where all stayed. */
  readonly changed: ReadonlyMap<string, string> | undefined
}

/** @param limit Longest name that the target takes. */
export function createToolNames(limit = usualLength): ToolNames {
  const changed = new Map<string, string>()
  return {
    of(name) {
      if (name.length <= limit && /^[\w-]+$/.test(name)) return name
      const head = name.replaceAll(/[^\w-]/g, '_').slice(0, limit - hashLength - 1)
      const short = `${head}_${sha256(name).slice(0, hashLength)}`
      changed.set(short, name)
      return short
    },
    get changed() {
      return changed.size === 0 ? undefined : changed
    },
  }
}
