/**
 * Calls and results of this API need not have ids. Such a call gets its place as one, so that a client of another
 * dialect, or its provider, has something to refer to.
 *
 * @param path Of the part: `contents.1.parts.0`.
 */
export function idOfPlace(path: string): string {
  return `call_${path.replace(/\D+/g, '_').replace(/^_/, '')}`
}

/** Finds the call that a result answers. */
export interface OpenCalls {
  add(call: { readonly id: string; readonly name: string; readonly isNamed: boolean }): void
  /** By id or, without one, the first call of that name that has no result. Undefined where there is none. */
  take(id: string | undefined, name: string): string | undefined
}

export function createOpenCalls(): OpenCalls {
  const calls: { readonly id: string; readonly name: string; readonly isNamed: boolean }[] = []
  return {
    add: (call) => void calls.push(call),
    take(id, name) {
      const exact = calls.findIndex((call) => call.isNamed && call.id === id)
      const at = exact === -1 ? calls.findIndex((call) => call.name === name && !(id && call.isNamed)) : exact
      return at === -1 ? undefined : calls.splice(at, 1)[0]?.id
    },
  }
}
