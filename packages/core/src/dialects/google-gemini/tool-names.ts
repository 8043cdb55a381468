import { sha256 } from '../sha256.ts'

/** The longest name that the API takes. */
const longest = 128
const hashLength = 8
/** Letters, digits, `_`, `.`, `:` and `-`, of which a letter or `_` comes first. */
const allowed = /^[a-zA-Z_][\w.:-]{0,127}$/

/** The client's names of tools as names that the API takes. */
export interface ToolNames {
  /** The same name for the same one, in every request. */
  of(name: string): string
  /** The client's own names by those that were sent in their place; undefined where all stayed. */
  readonly changed: ReadonlyMap<string, string> | undefined
}

export function createToolNames(): ToolNames {
  const changed = new Map<string, string>()
  return {
    of(name) {
      if (allowed.test(name)) return name
      const plain = name.replaceAll(/[^\w.:-]/g, '_')
      const head = (/^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`).slice(0, longest - hashLength - 1)
      const sent = `${head}_${sha256(name).slice(0, hashLength)}`
      changed.set(sent, name)
      return sent
    },
    get changed() {
      return changed.size === 0 ? undefined : changed
    },
  }
}
