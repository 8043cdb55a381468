/**
 * Calls and results of this API need not have ids. Such a call gets its place as one, so that a client of another
 * dialect, or its provider, has something to refer to.
 *
 * @param path Of the part: `contents.1.parts.0`.
 */
export function idOfPlace(path: string): string {
  return `call_${path.replace(/\D+/g, '_').replace(/^_/, '')}`
}

interface OpenCall {
  readonly id: string
  readonly name: string
  /** The client gave the id. */
  readonly isNamed: boolean
}

/** Finds the call that a result answers. */
export interface OpenCalls {
  add(call: OpenCall): void
  /** By id or, without one, the first call of that name that has no result. Undefined where there is none. */
  take(id: string | undefined, name: string): string | undefined
}

/** A body may hold a million calls, so that none is looked at more than a few times. */
export function createOpenCalls(): OpenCalls {
  const byId = new Map<string, OpenCall>()
  const byName = createQueues()
  const withoutId = createQueues()
  const answered = new Set<OpenCall>()

  function find(id: string | undefined, name: string): OpenCall | undefined {
    const exact = id === undefined ? undefined : byId.get(id)
    if (exact !== undefined && !answered.has(exact)) return exact
    return (id === undefined ? byName : withoutId).first(name, answered)
  }

  return {
    add(call) {
      byName.add(call)
      if (call.isNamed) byId.set(call.id, call)
      else withoutId.add(call)
    },
    take(id, name) {
      const call = find(id, name)
      if (call !== undefined) answered.add(call)
      return call?.id
    },
  }
}

function createQueues() {
  const queues = new Map<string, { readonly calls: OpenCall[]; from: number }>()
  return {
    add(call: OpenCall): void {
      const queue = queues.get(call.name)
      if (queue === undefined) queues.set(call.name, { calls: [call], from: 0 })
      else queue.calls.push(call)
    },
    first(name: string, answered: ReadonlySet<OpenCall>): OpenCall | undefined {
      const queue = queues.get(name)
      if (queue === undefined) return undefined
      while (queue.from < queue.calls.length && answered.has(queue.calls[queue.from] as OpenCall))
        queue.from += 1
      return queue.calls[queue.from]
    },
  }
}
