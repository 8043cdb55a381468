const longest = 200

/**
 * Names of documents as Converse allows them: letters, digits, single spaces, hyphens, parentheses and brackets. Two
 * documents of one request have two names.
 */
export function createDocumentNames(): (title: string | undefined) => string {
  const taken = new Set<string>()
  return (title = '') => {
    const plain = title
      .replace(/\.[a-z0-9]{1,5}$/i, '')
      .replace(/[^a-zA-Z0-9\s()[\]-]/g, '-')
      .replace(/\s+/g, ' ')
      .trim()
    const base = plain.slice(0, longest - 6) || 'Document'
    let name = base
    for (let count = 2; taken.has(name); count += 1) name = `${base} ${count}`
    taken.add(name)
    return name
  }
}
