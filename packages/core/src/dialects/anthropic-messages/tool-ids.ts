/**
 * Tool call ids as this API allows them: letters, digits, `_` and `-`. The same id comes out the same
 * within one request, and two different ids stay different.
 */
export function createToolIds(): (id: string) => string {
  const renamed = new Map<string, string>()
  const taken = new Set<string>()
  return (id) => {
    const known = renamed.get(id)
    if (known !== undefined) return known
    const base = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call'
    let name = base
    for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`
    taken.add(name)
    renamed.set(id, name)
    return name
  }
}
