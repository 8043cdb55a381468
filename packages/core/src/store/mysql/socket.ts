/** A connection of the package, which keeps its socket to itself but has always called it so. */
export interface Connected {
  destroy(): void
  readonly stream?: Socket
}

interface Socket {
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
  ref(): unknown
  unref(): unknown
}

/** Ends a connection at once. The package alone would wait for a server that does not answer to say goodbye. */
export function hangUp(connection: Connected): void {
  connection.destroy()
  connection.stream?.destroy()
}

/** A process need not stay for a connection that nobody asks anything. */
export function keepProcess(connection: Connected, isAsked: boolean): void {
  if (isAsked) connection.stream?.ref()
  else connection.stream?.unref()
}
