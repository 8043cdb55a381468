/** A WebSocket that is open, as the end of the gateway sees it. */
export interface SocketSession {
  /** Ends it as soon as nothing is under way on it. */
  drain(): void
  /** Ends it now. */
  cut(): void
}
