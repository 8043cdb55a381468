/** The longest name that the API takes. */
const longest = 128

/** The client's names of tools as names that the API takes, and the way back. */
export interface ToolNames {
  /** The same name comes out the same, and two different names stay different. */
  (name: string): string
  /** The client's own names by those that were sent; undefined where all went as they were. */
  changed(): ReadonlyMap<string, string> | undefined
}

/** @param offered Names of the request's tools, which get theirs before any that history alone knows. */
export function createToolNames(offered: readonly string[]): ToolNames {
  const sent = new Map<string, string>()
  const originals = new Map<string, string>()
  /** How many share a name, so that the next one need not try them all. */
  const counts = new Map<string, number>()

  function rename(name: string): string {
    const known = sent.get(name)
    if (known !== undefined) return known
    const base = allowed(name)
    let renamed = base
    let count = counts.get(base) ?? 1
    while (originals.has(renamed)) {
      count += 1
      const ending = `_${count}`
      renamed = base.slice(0, longest - ending.length) + ending
    }
    counts.set(base, count)
    sent.set(name, renamed)
    originals.set(renamed, name)
    return renamed
  }

  // Names that can go as they are must not be taken by those that cannot.
  for (const name of offered) if (allowed(name) === name) rename(name)
  for (const name of offered) rename(name)
  return Object.assign(rename, {
    changed() {
      const changed = [...originals].filter(([renamed, name]) => renamed !== name)
      return changed.length === 0 ? undefined : new Map(changed)
    },
  })
}

/** Letters, digits, `_`, `.`, `:` and `-`, of which a letter or `_` comes first. */
function allowed(name: string): string {
  const plain = name.replace(/[^a-zA-Z0-9_.:-]/g, '_')
  const begun = /^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`
  return begun.slice(0, longest)
}
